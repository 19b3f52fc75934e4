// ./run bench codecs [--jobs a,b] [--only CORPUS,CORPUS] [--limit N] [--rounds N] [--qualities N,N,...] [--effort WORD]
//                    [--avif-limit N] [--slow-limit N] [--reference PROGRAM] [--said TEXT] [--no-write]
// Compares encoders in one run, at equal mean score. --jobs: jpeg, pixels, webp, avif, png,
// lossless-jpeg; --only: photos, wallpapers, kodak, photo_pngs, screenshots; --limit: files per
// corpus; --avif-limit: files for AVIF (default 8); --slow-limit: files for --effort max and
// zopflipng (default 12); --qualities: for imgmill, instead of the job's.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  bytesOf, emptied, filesIn, imgmill, machine, measured, median, megabytes, option, publish, require, root, table, work,
} from './common.mjs';
import { corpus, program, told } from './codecs_inputs.mjs';
import { at } from './curve.mjs';
import { mean } from './fitting.mjs';

const rounds = Number(option('rounds', 3));
const limit = Number(option('limit', 0)) || undefined;
const avifLimit = Number(option('avif-limit', 8));
const slowLimit = Number(option('slow-limit', 12));
const effort = String(option('effort', 'balanced'));
const reference = option('reference', '');
const [wantedJobs, wantedCorpora] = ['jobs', 'only'].map((name) => option(name, '') && String(option(name, '')).split(','));
const cores = os.availableParallelism();
const out = path.join(work, 'codecs');
const levels = [75, 80, 85];
const scorer = path.join(root, 'build', 'release', 'bench', 'imgmill_score_pairs');

// `goal`: at most this multiple of the peer's bytes, at least this multiple of its pictures per
// second.
const lossy = [
  { name: 'jpeg', title: 'JPEG to JPEG', format: 'jpeg', corpora: ['photos', 'wallpapers'], goal: { bytes: 0.95, rate: 4 },
    ours: [65, 73, 80, 85, 89], theirs: [65, 75, 82, 88, 93], peer: { name: 'sharp `mozjpeg: true`', options: { mozjpeg: true } } },
  { name: 'pixels', title: 'pixels to JPEG', format: 'jpeg', corpora: ['kodak', 'photo_pngs'], goal: { bytes: 0.97, rate: 2.5 },
    ours: [65, 75, 82, 88, 93], theirs: [65, 75, 82, 88, 93], peer: { name: 'sharp `mozjpeg: true`', options: { mozjpeg: true } } },
  { name: 'webp', title: 'WebP', format: 'webp', corpora: ['kodak', 'photos'], goal: { bytes: 1, rate: 1.2 },
    ours: [70, 78, 85, 90, 95], theirs: [70, 78, 85, 90, 95], peer: { name: 'sharp\'s default (effort 4)', options: {} } },
  { name: 'avif', title: 'AVIF', format: 'avif', corpora: ['kodak', 'photos'], limit: avifLimit, goal: { bytes: 1, rate: 3 },
    ours: [50, 60, 68, 76, 84], theirs: [50, 60, 68, 76, 84], peer: { name: 'sharp\'s default (effort 4)', options: {} } },
];

const stem = (file) => path.parse(file).name;

/** Counts the outputs, so that nobody is fast by leaving something out. */
function outcome(cost, wall, inputs, folder) {
  const files = filesIn(folder);
  if (files.length !== inputs.files.length) throw new Error(`${inputs.files.length} images in, but ${files.length} out`);
  return { wall, cpu: cost.cpu, files, bytes: bytesOf(files) };
}

function ours(inputs, folder, words) {
  const cost = measured([imgmill, 'optimize', inputs.folder, '-o', emptied(folder), '--quiet', '--progress', 'none', ...words]);
  return outcome(cost, cost.wall, inputs, folder);
}

function withSharp(inputs, folder, job, way) {
  const script = path.join(import.meta.dirname, 'sharp_batch.mjs');
  const cost = measured(
    [process.execPath, script, inputs.folder, emptied(folder), JSON.stringify(job), String(way.inFlight), String(way.concurrency)],
    { UV_THREADPOOL_SIZE: String(Math.max(4, way.inFlight)) });
  return outcome(cost, Number(cost.stdout), inputs, folder);
}

/** Finds the fastest way to run sharp for this job, with a few of the pictures. */
function bestWay(inputs, job) {
  const some = { files: inputs.files.slice(0, 2 * cores), folder: emptied(path.join(work, 'in', 'probe')) };
  fs.mkdirSync(some.folder, { recursive: true });
  for (const file of some.files) fs.linkSync(file, path.join(some.folder, path.basename(file)));
  const ways = [{ inFlight: cores, concurrency: 1 }, { inFlight: 2 * cores, concurrency: 1 }, { inFlight: cores, concurrency: cores }];
  return ways.map((way) => ({ ...way, wall: withSharp(some, path.join(out, 'probe'), job, way).wall }))
    .reduce((best, way) => (way.wall < best.wall ? way : best));
}

/** Scores `files` against the inputs of the same names. `runs` are lists of files. */
function scored(inputs, runs) {
  const lines = inputs.files.map((file) => [file, ...runs.map((files) => {
    const found = files.find((one) => stem(one) === stem(file));
    if (!found) throw new Error(`${file}: nothing came out`);
    return found;
  })].join('\t'));
  const done = spawnSync(scorer, { input: `${lines.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0 || done.stderr) throw new Error(`${scorer}: ${done.stderr}`);
  const rows = done.stdout.trimEnd().split('\n').map((line) => line.split('\t').map(Number));
  return runs.map((_, i) => rows.map((row) => row[i]));
}

/** The largest difference between our scores and those of the other program, for a few pictures. */
async function checked(inputs, files, scores) {
  const sharp = require('sharp');
  const png = async (from, name) => {
    const to = path.join(work, `${name}.png`);
    await sharp(from).autoOrient().keepIccProfile().png({ compressionLevel: 1 }).toFile(to);
    return to;
  };
  const step = Math.max(1, Math.floor(inputs.files.length / 6));
  let most = 0;
  for (let i = 0; i < inputs.files.length; i += step) {
    const file = files.find((one) => stem(one) === stem(inputs.files[i]));
    const theirs = Number.parseFloat(told([reference, await png(inputs.files[i], 'before'), await png(file, 'after')]));
    most = Math.max(most, Math.abs(theirs - scores[i]));
  }
  return most;
}

/** The median of several runs of the same work, whose output is the same each time. */
const middle = (runs) => ({ ...runs[0], wall: median(runs.map(({ wall }) => wall)), cpu: median(runs.map(({ cpu }) => cpu)) });

async function compareLossy(job, name) {
  const inputs = fewer(await corpus[name](limit), job.limit ?? Infinity, `${job.name}-${name}`);
  inputs.files.forEach((file) => fs.readFileSync(file)); // all start with a warm page cache
  const qualities = option('qualities', '') ? String(option('qualities', '')).split(',').map(Number) : job.ours;
  const sharpJob = (quality) => ({ format: job.format, options: { quality, ...job.peer.options } });
  const way = bestWay(inputs, sharpJob(job.theirs[2]));
  const curves = { ours: [], theirs: [] };
  const steps = Math.max(qualities.length, job.theirs.length);
  for (let i = 0; i < steps; ++i) {
    const sides = {
      ours: i < qualities.length && (() => ours(inputs, path.join(out, `ours-${i}`), ['-f', job.format, '-q', String(qualities[i]), '--effort', effort])),
      theirs: i < job.theirs.length && (() => withSharp(inputs, path.join(out, `theirs-${i}`), sharpJob(job.theirs[i]), way)),
    };
    const runs = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; ++round) {
      // Alternates the order, so that neither always finds the warmer machine.
      const order = round % 2 ? ['theirs', 'ours'] : ['ours', 'theirs'];
      for (const side of order) if (sides[side]) runs[side].push(sides[side]());
    }
    if (sides.ours) curves.ours.push({ quality: qualities[i], ...middle(runs.ours) });
    if (sides.theirs) curves.theirs.push({ quality: job.theirs[i], ...middle(runs.theirs) });
    process.stderr.write('.');
  }
  const all = [...curves.ours, ...curves.theirs];
  const scores = scored(inputs, all.map(({ files }) => files));
  all.forEach((run, i) => Object.assign(run, { scores: scores[i], score: mean(scores[i]), least: Math.min(...scores[i]) }));
  const check = reference ? await checked(inputs, curves.ours[2].files, curves.ours[2].scores) : undefined;
  const along = (side, field) => curves[side].map((run) => [run.score, run[field]]);
  const ratio = (field, score) => {
    const [mine, other] = [at(along('ours', field), score), at(along('theirs', field), score)];
    return mine && other ? mine / other : undefined;
  };
  const result = {
    job, inputs, curves, check, way,
    bytes: levels.map((score) => ratio('bytes', score)),
    rate: 1 / (ratio('wall', 80) ?? NaN), cpu: ratio('cpu', 80),
    rates: ['ours', 'theirs'].map((side) => inputs.files.length / at(along(side, 'wall'), 80)),
  };
  process.stderr.write(` ${job.title}, ${inputs.label}: bytes ${said(result.bytes[1])}, ${said(result.rate)} times as fast\n`);
  emptied(out);
  return result;
}

const said = (value, digits = 3) => (value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits));
const marked = (text, good) => (good ? text : `**${text}**`);

/** Runs `command` for each file of `inputs` ("$1" to "$2"), one process per core. */
function forEach(inputs, folder, command) {
  fs.mkdirSync(emptied(folder), { recursive: true });
  const list = path.join(work, 'files.txt');
  fs.writeFileSync(list, inputs.files.map((file) => `${file}\0${path.join(folder, path.basename(file))}\0`).join(''));
  const cost = measured(['sh', '-c', `xargs -0 -n 2 -P ${cores} sh -c '${command}' sh < "$1"`, 'sh', list]);
  return outcome(cost, cost.wall, inputs, folder);
}

function withOxipng(inputs, folder, options) {
  const script = path.join(import.meta.dirname, 'png_batch.mjs');
  const cost = measured([process.execPath, script, inputs.folder, emptied(folder), JSON.stringify(options), String(2 * cores)],
    { UV_THREADPOOL_SIZE: String(Math.max(4, 2 * cores)) });
  return outcome(cost, Number(cost.stdout), inputs, folder);
}

/** Only the first pictures, for work that takes minutes each. */
function fewer(inputs, count, name) {
  if (inputs.files.length <= count) return inputs;
  const folder = emptied(path.join(work, 'in', name));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of inputs.files.slice(0, count)) fs.copyFileSync(file, path.join(folder, path.basename(file)));
  return { label: `the first ${count} of ${inputs.label}`, folder, files: filesIn(folder) };
}

const absent = [];
/** Finds a program to compare with; if it is missing, notes that and returns nothing. */
function peer(name, debian) {
  const found = program(name, debian);
  if (!found) absent.push(`${name} (Debian's ${debian})`);
  return found;
}

/** Runs the lossless work of the rows [who, run] over `inputs`, in turn. */
function inTurn(inputs, ways) {
  const runs = ways.map(() => []);
  for (let round = 0; round < rounds; ++round) {
    ways.forEach(({ run }, i) => runs[i].push(run(path.join(out, String(i)))));
    process.stderr.write('.');
  }
  const rows = ways.map(({ who, us, peers }, i) => ({ who, us, peers, ...middle(runs[i]) }));
  // Lossless means identical pixels.
  scored(inputs, rows.map(({ files }) => files)).forEach((scores, i) => {
    const lost = scores.filter((score) => score !== 100).length;
    if (lost > 0) throw new Error(`${rows[i].who}: ${lost} pictures are not what they were`);
  });
  process.stderr.write(` ${inputs.label}\n`);
  rows.forEach((row) => { row.sizes = row.files.map((file) => fs.statSync(file).size); });
  emptied(out);
  return { inputs, rows };
}

const own = (level, set, words = []) => ({
  who: `imgmill --effort ${level}`, us: level, run: (folder) => ours(set, folder, ['--lossless', '--effort', level, ...words]),
});

async function comparePngs(name) {
  const inputs = await corpus[name](limit);
  const optipng = peer('optipng', 'optipng');
  const zopflipng = peer('zopflipng', 'zopfli');
  const quick = inTurn(inputs, [
    own('fast', inputs), own('balanced', inputs),
    { who: 'sharp level 9', run: (folder) => withSharp(inputs, folder, { format: 'png', options: { compressionLevel: 9 } }, { inFlight: cores, concurrency: 1 }) },
    { who: 'oxipng, default', run: (folder) => withOxipng(inputs, folder, { strip: true }) },
    ...(optipng ? [{ who: 'optipng -o2', run: (folder) => forEach(inputs, folder, `${optipng} -quiet -o2 -strip all -out "$2" "$1"`) }] : []),
  ]);
  const few = fewer(inputs, slowLimit, `slow-${name}`);
  const slow = inTurn(few, [
    own('max', few),
    { who: 'oxipng, all filters (the most that @napi-rs/image offers)', run: (folder) => withOxipng(few, folder, { strip: true, filter: [0, 1, 2, 3, 4] }) },
    ...(zopflipng ? [{ who: 'zopflipng', run: (folder) => forEach(few, folder, `${zopflipng} -y "$1" "$2" >/dev/null`) }] : []),
  ]);
  return [quick, slow];
}

async function compareLosslessJpegs(name) {
  const jpegtran = peer('jpegtran', 'libjpeg-turbo-progs');
  if (!jpegtran) return [];
  const inputs = await corpus[`bare_${name}`](limit, jpegtran);
  return [inTurn(inputs, [
    own(effort, inputs, ['--keep', 'none']),
    { who: 'jpegtran -optimize -progressive -copy none',
      run: (folder) => forEach(inputs, folder, `${jpegtran} -optimize -progressive -copy none -outfile "$2" "$1"`) },
  ])];
}

const chosen = (names) => names.filter((name) => !wantedCorpora || wantedCorpora.includes(name));
const asked = (name) => !wantedJobs || wantedJobs.includes(name);
const { sharp: version } = require('sharp').versions;

/**
 * Writes the section of one kind of job as soon as it is measured; the sections of other jobs stay.
 */
function publishJob(name, tables, missed) {
  publish(`codecs-${name}`, [
    `Measured on ${machine()}; sharp ${version} on Node ${process.versions.node}, @napi-rs/image ${require('@napi-rs/image/package.json').version}. ` +
    `Effort ${effort}${limit ? `, at most ${limit} files of each corpus` : ''}; medians of ${rounds} run${rounds > 1 ? 's' : ''} in turn. ${option('said', '')}`.trim(),
    '', ...tables,
    ...(absent.length ? ['', `Not measured, because they are not on this machine: ${absent.join(', ')}.`] : []),
    '',
    missed.length ? `What is not reached here:\n${missed.map((line) => `- ${line}`).join('\n')}` : 'All of it is reached here.',
  ].join('\n'));
  absent.length = 0;
}

const missedLossy = ({ job, inputs, bytes, rate }) => [
  ...levels.flatMap((score, i) => {
    if (bytes[i] === undefined) return [`no bytes at ${score}: the curves do not both reach it`];
    return bytes[i] > job.goal.bytes ? [`${bytes[i].toFixed(3)} of the bytes at ${score} (at most ${job.goal.bytes})`] : [];
  }),
  ...(rate >= job.goal.rate ? [] : [`${said(rate, 2)} times the throughput (at least ${job.goal.rate})`]),
].map((what) => `${inputs.label}: ${what}`);

function missedPng({ inputs, rows }) {
  const missed = [];
  const oxipng = rows.find(({ who }) => who.startsWith('oxipng'));
  for (const us of rows.filter((row) => row.us)) {
    for (const other of rows.filter((row) => !row.us)) {
      if (us.us !== 'fast' && us.bytes > other.bytes) missed.push(`${us.who} is ${(100 * (us.bytes / other.bytes - 1)).toFixed(2)}% larger than ${other.who}`);
      if (us.us === 'max' && us.wall > other.wall) missed.push(`${us.who} takes ${(us.wall / other.wall).toFixed(2)} times as long as ${other.who}`);
    }
    if (us.us === 'balanced' && us.cpu > 0.5 * oxipng.cpu) missed.push(`${us.who} takes ${(us.cpu / oxipng.cpu).toFixed(3)} of oxipng's CPU time (at most 0.5)`);
  }
  return missed.map((what) => `${inputs.label}: ${what}`);
}

function missedLosslessJpeg({ inputs, rows: [us, other] }) {
  const larger = us.sizes.filter((size, i) => size > other.sizes[i]).length;
  return [
    ...(larger > 0 ? [`${larger} files are larger than jpegtran's`] : []),
    ...(us.bytes >= other.bytes ? ['not smaller than jpegtran\'s in sum'] : []),
  ].map((what) => `${inputs.label}: ${what}`);
}

// Pictures that score 100 were kept or repacked, which inflates a mean.
const kept = (scores) => scores.filter((score) => score === 100).length;
const curve = (runs) => runs.map(({ quality, bytes, score, least, scores, wall }) => `q${quality}: ${megabytes(bytes)} MB, ` +
  `${score.toFixed(1)} (${least.toFixed(1)}${kept(scores) ? `; ${kept(scores)} kept` : ''}), ${wall.toFixed(1)} s`).join('<br>');

const lossyTables = (results) => [
  'Bytes at equal mean SSIMULACRA 2 (between the measured points, on a logarithmic scale; "-" where the curves do not reach); time at equal mean score ' +
  '80. imgmill\'s time is that of the whole process, with every output synced; sharp\'s is without the start of Node and without syncing. In bold: ' +
  'short of the goal.', '',
  table(['pictures', 'peer', ...levels.map((score) => `bytes at ${score}`), 'goal', 'images/s', 'peer\'s', 'ratio', 'goal', 'CPU ratio', 'sharp as'],
    results.map(({ job, inputs, bytes, rates, rate, cpu, way }) => [inputs.label, job.peer.name,
      ...bytes.map((value) => marked(said(value), value <= job.goal.bytes)), job.goal.bytes.toFixed(2), ...rates.map((value) => said(value, 2)),
      marked(said(rate, 2), rate >= job.goal.rate), job.goal.rate.toFixed(1), said(cpu), `${way.inFlight} x ${way.concurrency}`])),
  '', 'The curves: quality, bytes, mean score (lowest), time.', '',
  table(['pictures', 'imgmill', 'peer'], results.map(({ inputs, curves }) => [inputs.label, curve(curves.ours), curve(curves.theirs)])),
  ...(reference ? ['', `Largest difference between imgmill's scores and the reference program's, on some pictures of each: ${
    Math.max(...results.map(({ check }) => check)).toFixed(3)}.`] : []),
];
const losslessTable = (results) => table(['pictures', 'encoder', 'MB in', 'MB', 'of the input', 'seconds', 'CPU s'],
  results.flatMap(({ inputs, rows }) => rows.map((row) => [inputs.label, row.us ? `**${row.who}**` : row.who, megabytes(bytesOf(inputs.files)),
    megabytes(row.bytes), `${(100 * row.bytes / bytesOf(inputs.files)).toFixed(1)}%`, row.wall.toFixed(2), row.cpu.toFixed(2)])));

for (const job of lossy.filter(({ name }) => asked(name))) {
  const results = [];
  for (const name of chosen(job.corpora)) results.push(await compareLossy(job, name));
  if (results.length) publishJob(job.name, lossyTables(results), results.flatMap(missedLossy));
}
const lossless = [
  { name: 'png', corpora: ['kodak', 'screenshots'], compare: comparePngs, missed: missedPng, said: 'Every output has been decoded and compared.' },
  { name: 'lossless-jpeg', corpora: ['photos', 'wallpapers'], compare: compareLosslessJpegs, missed: missedLosslessJpeg, said: 'Every output has been decoded and compared.' },
];
for (const job of lossless.filter(({ name }) => asked(name))) {
  const results = [];
  for (const name of chosen(job.corpora)) results.push(...await job.compare(name));
  if (results.length) publishJob(job.name, [job.said, '', losslessTable(results)], results.flatMap(job.missed));
}
