// ./run bench coarser [--kodak DIR] [--photos DIR] [--photos-name TEXT] [--limit N]
// Fits scores_made_coarser() of src/quality/model.cc: pictures that were never encoded lossily
// become JPEGs by libjpeg-turbo (sharp), those are encoded again at many qualities, and their
// further loss is compared with that of fresh pictures. The photographs are not used for fitting:
// with them, the first guess for a target of 80 is evaluated with and without the curve.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, imgmill, machine, publish, require, root, table, work } from './common.mjs';
import { corpora } from './corpora.mjs';
import { at, mean, sd } from './fitting.mjs';

const sharp = require('sharp');
const kinds = [[85, '4:2:0'], [90, '4:2:0'], [92, '4:4:4'], [95, '4:4:4']];
const fullChroma = 0.72;  // as in model.cc
const target = 80;
const aim = target + 0.6;
const [small, large] = await corpora();
const folder = emptied(path.join(work, 'coarser'));
fs.mkdirSync(folder, { recursive: true });

/** Reads the points of a table in model.cc, as [[quality, score]]. */
function known(name) {
  const text = fs.readFileSync(path.join(root, 'src', 'quality', 'model.cc'), 'utf8');
  const body = text.match(new RegExp(`${name} = \\{([^;]*)\\};`))[1];
  return [...body.matchAll(/Point\{([\d.]+),\s*([\d.]+)\}/g)].map((match) => [Number(match[1]), Number(match[2])]);
}
const usual = known('jpeg_scores');
const shares = known('shares');
const coarseness = (quality) => (quality < 50 ? 50 / quality : Math.max(2 - 0.02 * quality, 0.01));
const relative = (before, full, quality) => Math.min((coarseness(before) * (full ? fullChroma : 1)) / coarseness(quality), 1);
const lossOf = (quality) => Math.max(100 - at(usual, quality), 0);

/** Returns [{file, quality, score}] of the requantized files. */
function encoded(files, qualities) {
  const tasks = files.flatMap((file) => qualities.map((quality) => ({
    input_path: file, output_path: path.join(folder, 'out', String(quality), path.basename(file)), settings: { quality, measure: true },
  })));
  const done = spawnSync(imgmill, ['batch', '-', '--cache', 'off', '--progress', 'none', '--overwrite'],
    { input: JSON.stringify(tasks), encoding: 'utf8', maxBuffer: 1 << 30 });
  if (done.status !== 0) throw new Error(done.stderr.slice(-2000));
  return done.stdout.trim().split('\n').map((line) => JSON.parse(line)).filter(({ decision }) => decision === 'reencoded')
    .map(({ original_path: file, quality, score }) => ({ file, quality, score }));
}

const made = [];
for (const file of small.files) {
  for (const [quality, chromaSubsampling] of kinds) {
    const jpeg = path.join(folder, `${path.parse(file).name}_${quality}.jpg`);
    await sharp(file).jpeg({ quality, chromaSubsampling }).toFile(jpeg);
    made.push({ jpeg, before: quality, full: chromaSubsampling === '4:4:4' });
  }
}
const steps = (from, to, by) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
const byFile = new Map(made.map((one) => [one.jpeg, one]));
const points = encoded([...byFile.keys()], steps(62, 94, 2)).map(({ file, quality, score }) => {
  const { before, full } = byFile.get(file);
  return { r: relative(before, full, quality), share: (100 - score) / lossOf(quality) };
});
const edges = [0.15, 0.31, 0.39, 0.46, 0.53, 0.59, 0.69, 0.85, 1.01];
const rows = edges.slice(1).map((edge, i) => {
  const own = points.filter(({ r }) => r >= edges[i] && r < edge);
  if (own.length === 0) return undefined;
  const measured = own.map(({ share }) => share);
  return [mean(own.map(({ r }) => r)).toFixed(2), own.length, mean(measured).toFixed(2), sd(measured).toFixed(2),
    mean(own.map(({ r }) => at(shares, r))).toFixed(2)];
}).filter(Boolean);

// Photographs: how far is the first guess from the target?
const looked = spawnSync(imgmill, ['inspect', '--json', ...large.files], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout.trim().split('\n')
  .map((line) => JSON.parse(line)).filter(({ format, quality }) => format === 'jpeg' && quality > 0 && quality < 100);
const guesses = { 'the usual curve': () => 1, 'this curve': (before, full, quality) => at(shares, relative(before, full, quality)) };
const tries = {};
for (const [name, share] of Object.entries(guesses)) {
  const errors = [];
  for (const { path: file, quality: before } of looked) {
    const full = (await sharp(file).metadata()).chromaSubsampling === '4:4:4';
    const guess = steps(1, 100, 1).find((quality) => 100 - lossOf(quality) * share(before, full, quality) >= aim);
    const [result] = encoded([file], [guess ?? 100]);
    if (result) errors.push(result.score - aim);
  }
  tries[name] = errors;
}
publish('coarser', [
  `Measured on ${machine()}. Fitted on ${small.label}, each as four JPEGs (${kinds.map(([quality, chroma]) => `${quality} ${chroma}`).join(', ')}).`,
  '',
  table(['old steps / new steps', 'encodings', 'share of the usual loss', 'standard deviation', 'in model.cc'], rows),
  '',
  `First guess for a target of ${target} on ${large.label}, which were not fitted to; score against what was aimed at:`,
  '',
  table(['guess from', 'photographs', 'mean', 'standard deviation'],
    Object.entries(tries).map(([name, errors]) => [name, errors.length, mean(errors).toFixed(2), sd(errors).toFixed(2)])),
].join('\n'));
