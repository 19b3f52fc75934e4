// ./run bench target [--photos DIR] [--photos-name TEXT] [--kodak DIR] [--limit N] [--formats jpeg,webp,avif,jxl]
//                    [--avif-photos N] [--corpora kodak,photos] [--rounds N] [--reference PROGRAM] [--said TEXT] [--no-write]
// Compares --target 80 with one fixed quality for all pictures, the lowest at which the worst of
// them reaches 80: bytes, scores and time. --avif-photos uses fewer photographs for AVIF,
// --reference checks scores with another program (cloudinary's ssimulacra2; AVIF is then decoded by
// avifdec of Debian's libavif-bin), --said adds a sentence.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, imgmill, machine, measured, median, megabytes, option, publish, require, table, work } from './common.mjs';
import { corpora } from './corpora.mjs';
import { mean } from './fitting.mjs';

const sharp = require('sharp');
const target = 80;
const toSave = 15; // percent of bytes
const mayTake = { jpeg: 3, webp: 3, avif: 2.5, jxl: 3 }; // multiples of a single run
const rounds = Number(option('rounds', 3));
const formats = String(option('formats', 'jpeg,webp,avif')).split(',');
const wanted = String(option('corpora', 'kodak,photos')).split(',');
const reference = option('reference', '');
const output = path.join(work, 'out');

/** Runs imgmill once over `files`; returns the cost and the contents of its report. */
function run(files, words) {
  const file = path.join(work, 'report.json');
  const cost = measured([imgmill, 'optimize', ...files, '-o', emptied(output), '--quiet', '--report', file, ...words]);
  const { results } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  const failed = results.find(({ success }) => !success);
  if (failed) throw new Error(`${failed.original_path}: ${failed.error}`);
  return { ...cost, results, bytes: results.reduce((sum, { optimized_size: size }) => sum + size, 0) };
}

// Pictures that were kept or repacked losslessly score 100, though nothing had to measure them.
const scoreOf = ({ score }) => score ?? 100;
const lowest = (results) => Math.min(...results.map(scoreOf));
const reencoded = (results) => results.filter(({ decision }) => decision === 'reencoded');

/**
 * The lowest quality at which all of `files` reach the target: searched from `near` in growing
 * steps, then by bisection.
 */
function fixedQuality(files, format, near) {
  const runs = new Map();
  const reaches = (quality) => {
    if (!runs.has(quality)) runs.set(quality, run(files, ['-f', format, '-q', String(quality), '--score']));
    return lowest(runs.get(quality).results) >= target;
  };
  let [low, high] = [0, 100]; // low fails, or does not exist; high reaches it if anything does
  for (let step = 1, quality = near; low < quality && quality < high; step *= 2) {
    if (reaches(quality)) {
      high = quality;
      quality -= step;
    } else {
      low = quality;
      quality += step;
    }
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  if (!reaches(high)) throw new Error(`${format}: not even quality ${high} brings all pictures to ${target}`);
  return { quality: high, ...runs.get(high) };
}

/**
 * Pixels as imgmill sees them, as a PNG: upright, with their profile. AVIF is decoded by libavif,
 * which rounds its 10 bits (sharp truncates them).
 */
async function asPng(from, name) {
  const to = path.join(work, `${name}.png`);
  if (from.endsWith('.avif')) {
    const told = spawnSync('avifdec', ['--depth', '8', from, to], { encoding: 'utf8' });
    if (told.status !== 0) throw new Error(`avifdec (Debian's libavif-bin): ${told.stderr || told.error}`);
    return to;
  }
  await sharp(from).rotate().keepIccProfile().png({ compressionLevel: 1 }).toFile(to);
  return to;
}

/** The other program's scores of the lowest three and up to ten more. */
async function checked(results) {
  const sorted = reencoded(results).sort((a, b) => a.score - b.score);
  const rest = sorted.slice(3);
  const step = Math.max(1, rest.length / 10);
  const more = Array.from({ length: Math.min(10, rest.length) }, (_, i) => rest[Math.floor(i * step)]);
  const pairs = [];
  for (const result of [...sorted.slice(0, 3), ...more]) {
    const [before, after] = [await asPng(result.original_path, 'before'), await asPng(result.optimized_path, 'after')];
    const told = spawnSync(reference, [before, after], { encoding: 'utf8' });
    if (told.status !== 0) throw new Error(`${reference}: ${told.stderr ?? told.error}`);
    pairs.push({ theirs: Number.parseFloat(told.stdout), ours: result.score });
  }
  return {
    count: pairs.length,
    lowest: Math.min(...pairs.map(({ theirs }) => theirs)),
    difference: Math.max(...pairs.map(({ theirs, ours }) => Math.abs(theirs - ours))),
  };
}

/**
 * `--target` and a single run at `quality`, in turn: medians of both, and of the ratio per pair.
 */
function timed(files, searching, single) {
  const pairs = Array.from({ length: rounds }, (_, round) => {
    // Alternates the order, so that neither always finds the warmer machine.
    const once = round % 2 ? run(files, single) : undefined;
    return { searched: run(files, searching), once: once ?? run(files, single) };
  });
  return (what) => ({
    ...Object.fromEntries(['searched', 'once'].map((side) => [side, median(pairs.map((pair) => pair[side][what]))])),
    ratio: median(pairs.map((pair) => pair.searched[what] / pair.once[what])),
  });
}

async function compare(format, set) {
  const few = format === 'avif' && set.name === 'photos' ? Number(option('avif-photos', 0)) || undefined : undefined;
  const files = set.files.slice(0, few);
  const label = files.length === set.files.length ? set.label : `the first ${files.length} of ${set.label}`;
  files.forEach((file) => fs.readFileSync(file)); // all start with a warm page cache
  const searching = ['-f', format, '--target', String(target)];
  const searched = run(files, searching);
  const found = reencoded(searched.results);
  if (found.length === 0) throw new Error(`${format}, ${label}: all pictures are left as they are`);
  const check = reference ? await checked(searched.results) : undefined;
  const qualities = found.map(({ quality }) => quality);
  const typical = Math.round(median(qualities));
  const fixed = fixedQuality(files, format, Math.max(...qualities));
  const times = timed(files, searching, ['-f', format, '-q', String(typical)]);
  const judged = searched.results.filter(({ encodes }) => encodes);
  const counted = (what) => judged.map((result) => result[what] ?? 0);
  const result = {
    format, label, files, searched, fixed, typical, check,
    reached: searched.results.filter((one) => scoreOf(one) >= target).length,
    spared: searched.results.length - found.length,
    scores: found.map(scoreOf),
    encodes: counted('encodes'), probes: counted('probes'),
    saved: 100 * (1 - searched.bytes / fixed.bytes),
    range: `${Math.min(...qualities)} to ${Math.max(...qualities)}`,
    wall: times('wall'), cpu: times('cpu'),
  };
  process.stderr.write(`${format}, ${label}: ${result.saved.toFixed(1)}% less, ${result.wall.ratio.toFixed(2)} times as long\n`);
  return result;
}

/** Both corpora as one: a single quality for everything, that of the harder corpus. */
function together(format) {
  const parts = results.filter((one) => one.format === format);
  if (parts.length < 2) return undefined;
  const quality = Math.max(...parts.map(({ fixed }) => fixed.quality));
  const sum = (bytes) => parts.reduce((total, one) => total + bytes(one), 0);
  const searched = sum((one) => one.searched.bytes);
  const fixed = sum((one) => (one.fixed.quality === quality ? one.fixed.bytes : run(one.files, ['-f', format, '-q', String(quality)]).bytes));
  return { format, pictures: sum(({ files }) => files.length), quality, searched, fixed, saved: 100 * (1 - searched / fixed) };
}

const results = [];
for (const set of (await corpora()).filter(({ name }) => wanted.includes(name))) {
  for (const format of formats) results.push(await compare(format, set));
}

const both = formats.map(together).filter(Boolean);
const missed = results.flatMap(({ format, label, saved, wall, reached, files, encodes, check }) => [
  ...(reached < files.length ? [`${files.length - reached} below ${target}`] : []),
  ...(saved < toSave ? [saved < 0 ? `${(-saved).toFixed(1)}% more bytes` : `only ${saved.toFixed(1)}% fewer bytes`] : []),
  ...(wall.ratio > mayTake[format] ? [`${wall.ratio.toFixed(2)} times as long`] : []),
  ...(mean(encodes) > 2.5 ? [`${mean(encodes).toFixed(2)} encodes an image (2.5)`] : []),
  ...(Math.max(...encodes) > 6 ? [`up to ${Math.max(...encodes)} encodes (6)`] : []),
  ...(check && check.lowest < target ? [`${check.lowest.toFixed(3)} by the reference`] : []),
].map((what) => `${format}, ${label}: ${what}`));
const marked = (text, good) => (good ? text : `**${text}**`);
const seconds = (value) => `${value.toFixed(2)} s`;
const counts = (values) => `${mean(values).toFixed(2)}, ${Math.max(...values)}`;

publish('target', [
  `Measured on ${machine()}. \`--target ${target}\`; effort balanced, no cache. ${option('said', '')}`.trim(),
  '',
  table(['format', 'pictures', `at least ${target}`, 'lowest, mean', 'left as they are', 'MB', 'fixed quality for the worst', 'its MB',
    'bytes saved', 'to reach', 'qualities found', 'encodes (mean, most)', 'drafts (mean, most)'],
  results.map((one) => [one.format, one.label, marked(`${one.reached} of ${one.files.length}`, one.reached === one.files.length),
    `${Math.min(...one.scores).toFixed(2)}, ${mean(one.scores).toFixed(2)}`, one.spared, megabytes(one.searched.bytes),
    one.fixed.quality, megabytes(one.fixed.bytes), marked(`${one.saved.toFixed(1)}%`, one.saved >= toSave), `${toSave}%`, one.range,
    counts(one.encodes), counts(one.probes)])),
  '',
  ...(both.length ? ['One quality for all pictures above, instead of one for each corpus:', '',
    table(['format', 'pictures', 'MB', 'fixed quality for the worst', 'its MB', 'bytes saved', 'to reach'],
      both.map((one) => [one.format, one.pictures, megabytes(one.searched), one.quality, megabytes(one.fixed),
        marked(`${one.saved.toFixed(1)}%`, one.saved >= toSave), `${toSave}%`])), ''] : []),
  `Time of the whole process, against a single run at the middle of the qualities found, without measuring scores; medians of ${rounds} `
  + 'pairs in turn, the ratio pair by pair.',
  '',
  table(['format', 'pictures', '`--target`', 'single run', 'ratio', 'to reach', 'CPU of `--target`', 'CPU of the single run', 'CPU ratio'],
    results.map(({ format, label, typical, wall, cpu }) => [format, label, seconds(wall.searched), `${seconds(wall.once)} (q${typical})`,
      marked(wall.ratio.toFixed(2), wall.ratio <= mayTake[format]), `at most ${mayTake[format]}`, seconds(cpu.searched), seconds(cpu.once),
      cpu.ratio.toFixed(2)])),
  ...(reference ? ['', 'The same scored by cloudinary\'s ssimulacra2, the lowest three and up to ten more of each, decoded to PNG of 8 bits by sharp, AVIF by libavif:', '',
    table(['format', 'pictures', 'scored', 'lowest by the reference', 'largest difference to imgmill'],
      results.map(({ format, label, check }) => [format, label, check.count, check.lowest.toFixed(3), check.difference.toFixed(3)]))] : []),
  '',
  missed.length ? `What is not reached here:\n${missed.map((line) => `- ${line}`).join('\n')}` : 'All of it is reached here.',
].join('\n'));
emptied(output);
