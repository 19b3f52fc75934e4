// Generates pictures: PNG files without filters, so that they can be optimized.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32, deflateSync } from "./bytes.mjs";

/** A PNG chunk with its length and CRC. */
export const chunk = (type, data) => {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, "latin1");
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
};

/**
 * A PNG file of `rows`: 8-bit RGB (or RGBA if `kind` is 6), each row preceded by its filter number.
 * `level` is zlib's, 1..9.
 */
export const pngOf = ({ width, height, rows, kind = 2 }, level) => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, kind, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level })), chunk("IEND", Buffer.alloc(0))]);
};

/** Smooth hills with some grain; every `seed` gives another picture. */
export const png = (width, height, seed = 1, grain = 6) => {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  let state = (seed * 2654435761) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const wave = Math.sin((x * (channel + 1 + (seed % 3))) / 37 + seed) + Math.cos((y * (3 - channel)) / 29 - seed / 3);
        rows[at++] = Math.max(0, Math.min(255, Math.round(128 + 50 * wave + (random() - 0.5) * grain)));
      }
    }
  }
  return pngOf({ width, height, rows }, 1);
};

/** A PNG with transparency; `colour` returns [red, green, blue, alpha] for each pixel. */
export const clearPng = (width, height, colour) => {
  const rows = Buffer.from(Array.from({ length: height }, (_, y) => [0, ...Array.from({ length: width }, (_, x) => colour(x, y)).flat()]).flat());
  return pngOf({ width, height, rows, kind: 6 }, 1);
};

/** A small picture in a file of at least `bytes`, nearly all of them in a meaningless chunk. */
export const large = (seed, bytes) => {
  const small = png(48, 32, seed);
  const filling = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed;
  for (let at = 0; at < filling.length; at += 1) filling[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const after_head = 8 + 25;
  return Buffer.concat([small.subarray(0, after_head), chunk("fiLl", Buffer.from(filling.buffer)), small.subarray(after_head)]);
};

/** A picture that is truncated in the middle, as by a full disk. */
export const brokenPng = (seed = 9) => {
  const whole = png(120, 90, seed);
  return whole.subarray(0, Math.floor(whole.length / 2));
};

/** Writes files by name below `folder`. */
export const plant = (folder, files) => {
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
};
