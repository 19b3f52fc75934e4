// Example pictures, drawn here so that nothing has to be shipped or fetched: a photograph, a chart
// and a badge with transparency.

/** A pseudo-random generator with a fixed seed, so that the pictures are always the same. */
const dice = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

type Painter = (room: CanvasRenderingContext2D, width: number, height: number) => void;

const fileOf = async (name: string, type: string, width: number, height: number, paint: Painter): Promise<File> => {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const room = canvas.getContext("2d");
  if (!room) throw new Error("no canvas");
  paint(room, width, height);
  // High quality, as cameras use: hardly anything is lost yet.
  const bytes = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.97));
  if (!bytes) throw new Error(`no ${type}`);
  return new File([bytes], name, { type });
};

/** Layered ridges under an evening sky, with sensor noise. */
const landscape: Painter = (room, width, height) => {
  const random = dice(7);
  const sky = room.createLinearGradient(0, 0, 0, height * 0.7);
  sky.addColorStop(0, "#27406b");
  sky.addColorStop(0.55, "#d98b6a");
  sky.addColorStop(1, "#f6d9a2");
  room.fillStyle = sky;
  room.fillRect(0, 0, width, height);
  const sun = room.createRadialGradient(width * 0.68, height * 0.42, 0, width * 0.68, height * 0.42, height * 0.3);
  sun.addColorStop(0, "rgba(255,246,214,0.95)");
  sun.addColorStop(0.16, "rgba(255,232,180,0.8)");
  sun.addColorStop(1, "rgba(255,214,160,0)");
  room.fillStyle = sun;
  room.fillRect(0, 0, width, height);
  const ridges = 6;
  for (let ridge = 0; ridge < ridges; ridge += 1) {
    const depth = ridge / (ridges - 1);
    const base = height * (0.46 + 0.44 * depth);
    const waves = Array.from({ length: 7 }, (_, at) => ({ long: (0.0016 + 0.0019 * at) * (1 + random()), tall: (height * 0.06) / (at + 1), from: random() * 20 }));
    room.fillStyle = `hsl(${214 - 60 * depth} ${22 + 16 * depth}% ${52 - 40 * depth}%)`;
    room.beginPath();
    room.moveTo(0, height);
    for (let x = 0; x <= width; x += 2) room.lineTo(x, base - waves.reduce((sum, { long, tall, from }) => sum + Math.sin(x * long + from) * tall, 0));
    room.lineTo(width, height);
    room.fill();
  }
  const trees = 260;
  for (let tree = 0; tree < trees; tree += 1) {
    const x = random() * width;
    const tall = height * (0.05 + 0.09 * random());
    const foot = height * (0.93 + 0.09 * random());
    room.fillStyle = `hsl(${130 + 40 * random()} 26% ${7 + 8 * random()}%)`;
    room.beginPath();
    room.moveTo(x, foot - tall);
    room.lineTo(x + tall * 0.22, foot);
    room.lineTo(x - tall * 0.22, foot);
    room.fill();
  }
  const image = room.getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at += 4) {
    const grain = (random() + random() - 1) * 9;
    for (let channel = 0; channel < 3; channel += 1) image.data[at + channel] = (image.data[at + channel] ?? 0) + grain;
  }
  room.putImageData(image, 0, 0);
};

/** A bar chart with labels. */
const chart: Painter = (room, width, height) => {
  room.fillStyle = "#ffffff";
  room.fillRect(0, 0, width, height);
  room.font = `600 ${height / 16}px sans-serif`;
  room.fillStyle = "#1b1f1d";
  room.fillText("imgmill", width * 0.08, height * 0.13);
  room.font = `${height / 28}px sans-serif`;
  ["JPEG", "PNG", "WebP", "AVIF", "JPEG XL"].forEach((name, at) => {
    const x = width * (0.1 + 0.17 * at);
    const tall = height * (0.62 - 0.1 * at);
    room.fillStyle = `hsl(${158 + 24 * at} 52% 40%)`;
    room.fillRect(x, height * 0.86 - tall, width * 0.1, tall);
    room.fillStyle = "#59615c";
    room.fillText(name, x, height * 0.93);
  });
};

/** A badge on a transparent background. */
const badge: Painter = (room, width, height) => {
  const middle = Math.min(width, height) / 2;
  room.translate(width / 2, height / 2);
  const fill = room.createLinearGradient(0, -middle, 0, middle);
  fill.addColorStop(0, "#5fcda2");
  fill.addColorStop(1, "#0b6e51");
  room.fillStyle = fill;
  room.beginPath();
  for (let at = 0; at <= 48; at += 1) {
    const far = middle * (at % 2 === 0 ? 0.94 : 0.84);
    room.lineTo(Math.cos((at * Math.PI) / 24) * far, Math.sin((at * Math.PI) / 24) * far);
  }
  room.fill();
  room.fillStyle = "rgba(255,255,255,0.92)";
  for (let sail = 0; sail < 4; sail += 1) {
    room.rotate(Math.PI / 2);
    room.beginPath();
    room.moveTo(-middle * 0.05, -middle * 0.05);
    room.lineTo(-middle * 0.05, -middle * 0.62);
    room.lineTo(middle * 0.4, -middle * 0.62);
    room.fill();
  }
};

/** A photograph, a drawing and a picture with transparency: some 1 MB in all. */
export const examplePictures = (): Promise<File[]> =>
  Promise.all([
    fileOf("landscape.jpg", "image/jpeg", 1600, 1067, landscape),
    fileOf("chart.png", "image/png", 1200, 800, chart),
    fileOf("badge.png", "image/png", 640, 640, badge),
  ]);
