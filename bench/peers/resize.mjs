// ./run bench resize [--limit N] [--rounds N] [--photos DIR] [--kodak DIR] [--no-write]
// Measures resizing by imgmill, sharp and (if installed) vipsthumbnail. First accuracy: the score
// of the result before any lossy encoding, against a full decode and Lanczos 3 in double precision
// (tests/support/resample.cc) in coded light. Then speed: JPEGs of 12 megapixels, decoded, resized
// and encoded at quality 80.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { emptied, filesIn, imgmill, machine, measured, median, option, publish, require, root, table, work } from './common.mjs';
import { corpora } from './corpora.mjs';

const sharp = require('sharp');
const limit = Number(option('limit', 6));
const rounds = Number(option('rounds', 3));
const folder = emptied(path.join(work, 'resize'));
fs.mkdirSync(folder, { recursive: true });
const program = (name) => path.join(root, 'build', 'release', 'bench', name);

function lines(command, text) {
  const done = spawnSync(command, { input: text.join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr.slice(-2000)}`);
  return done.stdout.trim().split('\n');
}

/** A page of text, fine lines and a star field, rendered once. */
async function drawings() {
  let seed = 1;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const words = 'the quick brown fox jumps over a lazy dog while five boxing wizards watch and count'.split(' ');
  const text = Array.from({ length: 62 }, (_, i) => `<text x="60" y="${60 + 25 * i}" font-family="serif" font-size="${14 + (i % 4) * 2}">` +
    Array.from({ length: 17 }, () => words[Math.floor(random() * words.length)]).join(' ') + '</text>').join('');
  const lineArt = Array.from({ length: 160 }, (_, i) => i % 2
    ? `<circle cx="${random() * 1600}" cy="${random() * 1600}" r="${20 + random() * 300}" fill="none" stroke="black" stroke-width="${1 + (i % 3)}"/>`
    : `<path d="M${random() * 1600} ${random() * 1600} L${random() * 1600} ${random() * 1600}" stroke="black" stroke-width="${1 + (i % 4)}"/>`).join('');
  const stars = Array.from({ length: 1500 }, () =>
    `<circle cx="${random() * 1600}" cy="${random() * 1600}" r="${0.5 + random()}" fill="white" opacity="${0.3 + 0.7 * random()}"/>`).join('');
  const made = [];
  for (const [name, ground, body] of [['text', 'white', text], ['line art', 'white', lineArt], ['stars', '#000814', stars]]) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1600"><rect width="100%" height="100%" fill="${ground}"/>${body}</svg>`;
    const file = path.join(folder, `${name.replace(' ', '-')}.png`);
    await sharp(Buffer.from(svg)).removeAlpha().png().toFile(file);
    const jpeg = file.replace('.png', '.jpg');
    await sharp(file).jpeg({ quality: 90 }).toFile(jpeg);
    made.push({ label: `${name}, PNG and JPEG`, files: [file, jpeg] });
  }
  return made;
}

const factors = [1.2, 1.5, 2, 2.5, 3.3, 4.1, 6, 8.5, 12];
const ways = ['imgmill', 'imgmill before -q', 'sharp', 'sharp, no shrink-on-load', 'vipsthumbnail'];
const hasVips = spawnSync('vipsthumbnail', ['--version']).status === 0;

/** Downscales `file` in every way; returns the line for score_pairs. */
async function pictures(file, index, references) {
  const { width } = await sharp(file).metadata();
  const rows = [];
  for (const factor of factors) {
    const w = Math.round(width / factor);
    const out = (name) => path.join(folder, `${index}-${factor}-${name}.png`);
    const ours = path.join(folder, `${index}-${factor}`);
    const done = spawnSync(imgmill, ['optimize', file, '-o', `${ours}.png`, '--resize', `width=${w}`, '--lossless', '--effort', 'fast',
      '--cache', 'off', '--quiet', '--isolation', 'thread'], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    const size = await sharp(`${ours}.png`).metadata();
    references.push([file, size.width, size.height, 'coded', out('reference')].join('\t'));
    const jpeg = file.endsWith('.jpg');
    if (jpeg) references.push([file, size.width, size.height, 'quick', out('quick')].join('\t'));
    const how = { width: size.width, height: size.height, fit: 'fill' };
    await sharp(file).resize(how).png({ compressionLevel: 1 }).toFile(out('sharp'));
    await sharp(file).resize({ ...how, fastShrinkOnLoad: false }).png({ compressionLevel: 1 }).toFile(out('whole'));
    if (hasVips) spawnSync('vipsthumbnail', [file, '-s', `${size.width}x${size.height}!`, '-o', out('vips')]);
    rows.push([out('reference'), `${ours}.png`, jpeg ? out('quick') : `${ours}.png`, out('sharp'), out('whole'), ...(hasVips ? [out('vips')] : [])]);
  }
  return rows;
}

async function howTrue() {
  const rows = [];
  let index = 0;
  const sets = [...(await corpora()).map(({ label, files }) => ({ label, files: files.slice(0, limit) })), ...(await drawings())];
  for (const { label, files } of sets) {
    const references = [];
    const pairs = [];
    for (const file of files) pairs.push(...(await pictures(file, index++, references)));
    lines(program('imgmill_resize_reference'), references);
    const scores = lines(program('imgmill_score_pairs'), pairs.map((pair) => pair.join('\t'))).map((line) => line.split('\t').map(Number));
    const columns = scores[0].map((_, i) => scores.map((row) => row[i]));
    rows.push([label.replace(/^\d+/, String(files.length)),
      ...columns.map((column) => `${Math.min(...column).toFixed(1)} / ${(column.reduce((a, b) => a + b) / column.length).toFixed(1)}`)]);
    process.stderr.write(`${rows.at(-1).join('  ')}\n`);
    for (const file of filesIn(folder)) if (/\/\d+-[^/]*\.png$/.test(file)) fs.rmSync(file);
  }
  return table(['lowest / mean of factors 1.2 to 12', ...ways.slice(0, hasVips ? 5 : 4)], rows);
}

/**
 * JPEGs of 12 megapixels, 4:2:0: tiled photographs, each `times` times with a different comment,
 * since imgmill processes identical bytes only once.
 */
async function large(count, times) {
  const [, photographs] = await corpora();
  const inputs = path.join(folder, 'large');
  fs.mkdirSync(inputs);
  for (let i = 0; i < count; ++i) {
    const tiles = [];
    for (let k = 0; k < 6; ++k) {
      const file = photographs.files[(6 * i + k) % photographs.files.length];
      const input = await sharp(file).resize(1333, 1500, { fit: 'cover' }).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
      tiles.push({ input, left: (k % 3) * 1333, top: Math.floor(k / 3) * 1500 });
    }
    const raw = await sharp({ create: { width: 3999, height: 3000, channels: 3, background: '#888' } }).composite(tiles).png({ compressionLevel: 1 }).toBuffer();
    const jpeg = await sharp(raw).jpeg({ quality: 90 }).toBuffer();
    for (let k = 0; k < times; ++k) {
      const comment = Buffer.from([0xff, 0xfe, 0, 4, 65 + i, 65 + k]);
      fs.writeFileSync(path.join(inputs, `${i}-${k}.jpg`), Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]));
    }
  }
  return { folder: inputs, files: filesIn(inputs) };
}

async function howFast() {
  const inputs = await large(4, 8);
  const output = path.join(folder, 'out');
  const script = path.join(import.meta.dirname, 'sharp_batch.mjs');
  const cores = os.availableParallelism();
  const rows = [];
  for (const width of [1600, 800, 320]) {
    const job = { format: 'jpeg', options: { quality: 80, mozjpeg: true }, resize: { width } };
    const theirs = (inFlight, concurrency) => {
      const cost = measured([process.execPath, script, inputs.folder, emptied(output), JSON.stringify(job), String(inFlight), String(concurrency)],
        { UV_THREADPOOL_SIZE: String(Math.max(4, inFlight)) });
      return { ...cost, rate: inputs.files.length / Number(cost.stdout) };
    };
    const ours = () => {
      const cost = measured([imgmill, 'optimize', inputs.folder, '-o', emptied(output), '--quiet', '-q', '80', '--resize', `width=${width}`]);
      return { ...cost, rate: inputs.files.length / cost.wall };
    };
    const known = [[cores, 1], [2 * cores, 1], [1, cores]].map((way) => ({ way, rate: theirs(...way).rate }));
    const { way } = known.reduce((best, one) => (one.rate > best.rate ? one : best));
    const runs = Array.from({ length: rounds }, () => ({ ours: ours(), theirs: theirs(...way) }));
    const of = (side, field) => median(runs.map((run) => run[side][field]));
    rows.push([`12 MP to ${width} px`, of('ours', 'rate').toFixed(2), of('theirs', 'rate').toFixed(2),
      median(runs.map((run) => run.ours.rate / run.theirs.rate)).toFixed(2),
      ...['ours', 'theirs'].map((side) => (of(side, 'cpu') / inputs.files.length * 1000).toFixed(0)),
      ...['ours', 'theirs'].map((side) => Math.round(of(side, 'peak_kib') / 1024)), way.join(' x ')]);
    process.stderr.write(`${rows.at(-1).join('  ')}\n`);
  }
  return table(['JPEG, quality 80 (sharp: mozjpeg)', 'imgmill images/s', 'sharp images/s', 'ratio', 'imgmill CPU ms an image', 'sharp CPU ms',
    'imgmill peak MiB', 'sharp peak MiB', 'sharp as'], rows);
}

const only = option('only', '');
const quality = only === 'speed' ? '' : await howTrue();
const speed = only === 'scores' ? '' : await howFast();
publish('resize', `Measured on ${machine()}; sharp ${sharp.versions.sharp}. Scores are SSIMULACRA 2.1 against a full decode and Lanczos 3 in ` +
  'double precision, before any lossy encoding, of coded light; "before -q" is what JPEGs become on their way to a quality that is given, ' +
  'everything else takes the exact way. A score of 95 is one level of 255 in every fifth sample.\n\n' + `${quality}\n\n` +
  'Speed is of the whole work, decoding, resizing and encoding; imgmill\'s time is that of the whole process, with every output synced to ' +
  `disk, sharp's without the start of Node and without syncing.\n\n${speed}`);
