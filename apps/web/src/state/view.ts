/**
 * Position of a picture in its stage: its point p is drawn at (x, y) + p * scale. All lengths in
 * CSS pixels.
 */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Fits the whole picture, centred; never magnified beyond one pixel per device pixel. */
export const fitView = (stage: Size, picture: Size, pixel_ratio: number): View => {
  const margin = 0.96;
  const scale = Math.min((stage.width / picture.width) * margin, (stage.height / picture.height) * margin, Math.max(1 / pixel_ratio, smallFloor(stage, picture)));
  return centred(stage, picture, scale);
};

/** Very small pictures are magnified by a whole number, or there would be nothing to see. */
const smallFloor = (stage: Size, picture: Size): number => {
  const room = Math.min(stage.width / picture.width, stage.height / picture.height) / 2;
  return picture.width < 128 && picture.height < 128 && room > 1 ? Math.floor(room) : 0;
};

const centred = (stage: Size, picture: Size, scale: number): View => ({
  scale,
  x: (stage.width - picture.width * scale) / 2,
  y: (stage.height - picture.height * scale) / 2,
});

/**
 * The area for one picture if two are shown next to each other or, in a tall stage, one above the
 * other.
 */
export const paneOf = (stage: Size, halved: boolean): Size => {
  if (!halved) return stage;
  return stage.height > stage.width ? { width: stage.width, height: stage.height / 2 } : { width: stage.width / 2, height: stage.height };
};

/** Converts a point of the stage to the pane that contains it. */
export const inPane = (at: { x: number; y: number }, pane: Size): { x: number; y: number } => ({
  x: at.x >= pane.width ? at.x - pane.width : at.x,
  y: at.y >= pane.height ? at.y - pane.height : at.y,
});

/** Zooms so that the point of the picture under `at` stays in place. */
export const zoomAt = (view: View, at: { x: number; y: number }, scale: number): View => ({
  scale,
  x: at.x - ((at.x - view.x) / view.scale) * scale,
  y: at.y - ((at.y - view.y) / view.scale) * scale,
});

/** Keeps part of the picture visible, however far it is dragged. */
export const hold = (view: View, stage: Size, picture: Size): View => {
  const room = 64;
  const between = (value: number, low: number, high: number) => Math.min(Math.max(value, Math.min(low, high)), Math.max(low, high));
  return {
    scale: view.scale,
    x: between(view.x, room - picture.width * view.scale, stage.width - room),
    y: between(view.y, room - picture.height * view.scale, stage.height - room),
  };
};
