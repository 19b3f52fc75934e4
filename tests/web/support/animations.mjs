// Generates animations: frames of one colour each, anywhere on the canvas.
import { chunk } from "./pictures.mjs";
import { deflateSync } from "./bytes.mjs";

/** The colours that frames refer to by number. */
export const colours = [
  [0, 0, 0],
  [220, 30, 30],
  [30, 160, 40],
  [30, 60, 220],
];

const u16 = (value) => [value & 255, value >> 8];

/** LZW with two bits and without strings: the table is cleared before it could grow. */
const indices = (count, index) => {
  const codes = [];
  for (let at = 0; at < count; at += 1) codes.push(...(at % 2 === 0 ? [4] : []), index);
  codes.push(5);
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8));
  codes.forEach((code, at) => {
    for (let bit = 0; bit < 3; bit += 1) if ((code >> bit) & 1) bytes[(at * 3 + bit) >> 3] |= 1 << ((at * 3 + bit) & 7);
  });
  const blocks = [2];
  for (let at = 0; at < bytes.length; at += 255) blocks.push(Math.min(255, bytes.length - at), ...bytes.subarray(at, at + 255));
  return [...blocks, 0];
};

/**
 * A GIF. Frames: `{left, top, width, height, colour, delay, disposal, clear}`; `clear` is the
 * transparent colour. `again` as in NETSCAPE2.0, or undefined for none.
 */
export const gif = ({ width, height, again, background = 0 }, frames) => {
  const bytes = [...Buffer.from("GIF89a"), ...u16(width), ...u16(height), 0xf1, background, 0, ...colours.flat()];
  if (again !== undefined) bytes.push(0x21, 0xff, 11, ...Buffer.from("NETSCAPE2.0"), 3, 1, ...u16(again), 0);
  for (const { left = 0, top = 0, width: own_width = width, height: own_height = height, colour, delay = 10, disposal = 0, clear } of frames) {
    bytes.push(0x21, 0xf9, 4, (disposal << 2) | (clear === undefined ? 0 : 1), ...u16(delay), clear ?? 0, 0);
    bytes.push(0x2c, ...u16(left), ...u16(top), ...u16(own_width), ...u16(own_height), 0, ...indices(own_width * own_height, colour));
  }
  return Buffer.from([...bytes, 0x3b]);
};

/**
 * A PNG with alpha. Frames: `{left, top, width, height, colour, alpha, delay, parts, dispose,
 * blend}`; `still`: the colour of a separate still picture.
 */
export const apng = ({ width, height, plays = 0, still }, frames) => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const pixels = (across, down, colour, alpha = 255) => {
    const row = [0, ...Array.from({ length: across }, () => [...colours[colour], alpha]).flat()];
    return deflateSync(Buffer.from(Array.from({ length: down }, () => row).flat()));
  };
  const numbers = (...values) => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
    return bytes;
  };
  const out = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("acTL", numbers(frames.length, plays))];
  if (still !== undefined) out.push(chunk("IDAT", pixels(width, height, still)));
  let number = 0;
  frames.forEach((frame, at) => {
    const { left = 0, top = 0, width: across = width, height: down = height, colour, alpha, delay = 100, parts = 1000, dispose = 0, blend = 0 } = frame;
    const rest = Buffer.from([delay >> 8, delay & 255, parts >> 8, parts & 255, dispose, blend]);
    out.push(chunk("fcTL", Buffer.concat([numbers(number++, across, down, left, top), rest])));
    const data = pixels(across, down, colour, alpha);
    const first = at === 0 && still === undefined;
    out.push(first ? chunk("IDAT", data) : chunk("fdAT", Buffer.concat([numbers(number++), data])));
  });
  return Buffer.concat([...out, chunk("IEND", Buffer.alloc(0))]);
};
