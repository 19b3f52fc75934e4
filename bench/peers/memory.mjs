// ./run bench memory [--photos DIR] [--photos-name TEXT] [--large]
// Measures the peak memory for one image against the estimate of memory_need.cc and, where sharp
// can do the same work, against sharp. Pictures are tiled photographs, 4:2:0; --large adds 63 and
// 100 megapixels.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, imgmill, machine, measured, option, publish, require, table, work } from './common.mjs';
import { corpora } from './corpora.mjs';

const sharp = require('sharp');
const [, photographs] = await corpora();
const folder = emptied(path.join(work, 'memory'));
fs.mkdirSync(folder, { recursive: true });

/** Creates a JPEG and a PNG of about this many megapixels. */
async function pictures(megapixels) {
  const [width, height] = [1296, 860];
  const columns = Math.round(Math.sqrt((megapixels * 1e6 * 1.2) / (width * height)));
  const rows = Math.round((megapixels * 1e6) / (width * height * columns));
  const tiles = [];
  for (let i = 0; i < columns * rows; ++i) {
    const input = await sharp(photographs.files[i % photographs.files.length])
      .resize(width, height, { fit: 'cover' }).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
    tiles.push({ input, left: (i % columns) * width, top: Math.floor(i / columns) * height });
  }
  const sheet = sharp({
    create: { width: columns * width, height: rows * height, channels: 3, background: '#888' }, limitInputPixels: false,
  }).composite(tiles);
  const raw = await sheet.png({ compressionLevel: 1 }).toBuffer();
  const files = { jpeg: path.join(folder, `${megapixels}.jpg`), png: path.join(folder, `${megapixels}.png`) };
  await sharp(raw, { limitInputPixels: false }).jpeg({ quality: 92, chromaSubsampling: '4:2:0' }).toFile(files.jpeg);
  fs.writeFileSync(files.png, raw);
  return { ...files, pixels: columns * rows * width * height };
}

/** Returns imgmill's peak memory in bytes, and its estimate. */
function ours(file, options) {
  const words = [imgmill, 'optimize', file, '-o', path.join(folder, 'out'), '--overwrite', '--cache', 'off',
    '--isolation', 'thread', '--jobs', '1', '--progress', 'none', ...options];
  const { peak_kib: kib, cpu } = measured(words);
  const refused = spawnSync(words[0], [...words.slice(1), '--memory', '1MB'], { encoding: 'utf8' }).stderr;
  const [, number, unit] = refused.match(/takes about ([\d.]+) (MB|GB) of memory/);
  return { peak: kib * 1024, estimate: Number(number) * (unit === 'GB' ? 1e9 : 1e6), cpu };
}

/** Returns sharp's peak memory in bytes; `steps` are the method calls. */
function theirs(file, steps) {
  const code = `const sharp = require('sharp'); sharp.concurrency(1); sharp.cache(false);
    sharp(${JSON.stringify(file)}, { limitInputPixels: false })${steps}.toFile(${JSON.stringify(path.join(folder, 'theirs'))});`;
  const script = path.join(work, 'memory_of_sharp.cjs');
  fs.writeFileSync(script, code);
  return measured([process.execPath, script]).peak_kib * 1024;
}

const ways = [
  ['jpeg', 'JPEG, target 80', [], null],
  ['jpeg', 'JPEG, quality 80', ['-q', '80'], '.jpeg({ quality: 80, mozjpeg: true })'],
  ['jpeg', 'JPEG, packed only', ['--lossless'], null],
  ['jpeg', 'JPEG to WebP, target 80', ['-f', 'webp'], null],
  ['jpeg', 'JPEG to WebP, quality 80', ['-f', 'webp', '-q', '80'], '.webp({ quality: 80 })'],
  ['jpeg', 'JPEG to AVIF, quality 60', ['-f', 'avif', '-q', '60'], '.avif({ quality: 60 })'],
  ['jpeg', 'JPEG to 2,000 px, quality 80', ['--resize', 'longest=2000', '-q', '80'], '.resize(2000, 2000, { fit: "inside" }).jpeg({ quality: 80, mozjpeg: true })'],
  ['jpeg', 'JPEG to 2,000 px, target 80', ['--resize', 'longest=2000'], null],
  ['png', 'PNG', [], '.png({ compressionLevel: 9 })'],
  ['png', 'PNG to JPEG, target 80', ['-f', 'jpeg'], null],
];
const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const rows = [];
for (const megapixels of option('large', false) ? [12, 24, 63, 100] : [12, 24]) {
  const picture = await pictures(megapixels);
  for (const [kind, name, options, steps] of ways) {
    // Takes minutes per picture: once is enough.
    if (megapixels > 24 && (name.includes('AVIF') || kind === 'png')) continue;
    const { peak, estimate, cpu } = ours(picture[kind], options);
    rows.push([`${(picture.pixels / 1e6).toFixed(1)} MP, ${name}`, mb(peak), (peak / picture.pixels).toFixed(1),
      (estimate / peak).toFixed(2), `${cpu.toFixed(1)} s`, steps ? mb(theirs(picture[kind], steps)) : '']);
  }
}
publish('memory', `Measured on ${machine()}. Peaks of the whole process, the program itself (some 42 MB) included; estimates are those of ` +
  `\`src/optimize/plan/memory_need.cc\`, by which images are let in. sharp ${sharp.versions.sharp} with one thread, Node (some 60 MB) included.\n\n` +
  table(['', 'peak', 'bytes a pixel', 'estimate / peak', 'CPU', 'sharp'], rows));
