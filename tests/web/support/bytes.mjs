import { inflateRawSync } from "node:zlib";
export { deflateSync } from "node:zlib";

const table = Int32Array.from({ length: 256 }, (_, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC of PNG and ZIP. */
export const crc32 = (bytes) => {
  let value = -1;
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 255];
  return (value ^ -1) >>> 0;
};

/**
 * Reads a ZIP through its central directory (PKWARE's APPNOTE, 4.3) and checks every entry's CRC:
 * name -> bytes.
 */
export const unzip = (zip) => {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) throw new Error("no end of central directory");
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries = new Map();
  for (let entry = 0; entry < count; entry += 1) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("no central directory entry");
    const method = zip.readUInt16LE(at + 10);
    const crc = zip.readUInt32LE(at + 16);
    const packed = zip.readUInt32LE(at + 20);
    const [name_length, extra_length, comment_length] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + name_length);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(from, from + packed);
    const bytes = method === 0 ? raw : inflateRawSync(raw);
    if (crc32(bytes) !== crc) throw new Error(`${name}: wrong CRC`);
    entries.set(name, bytes);
    at += 46 + name_length + extra_length + comment_length;
  }
  return entries;
};
