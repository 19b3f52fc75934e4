// ./run bench peers [--quick] [--jobs a,b] [--rounds N] [--no-write]
// The same work with imgmill and with sharp, in turn, in one run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  bytesOf, emptied, filesIn, imgmill, machine, measured, median, megabytes, option, publish,
  require, table, work,
} from './common.mjs';
import { jobs } from './jobs.mjs';

const quick = option('quick', false);
const rounds = Number(option('rounds', quick ? 1 : 3));
const wanted = option('jobs', '') && String(option('jobs', '')).split(',');
const output = path.join(work, 'out');
const cores = os.availableParallelism();

/** Counts the outputs, so that nobody is fast by leaving something out. */
function outcome(cost, seconds, inputs) {
  const files = filesIn(output);
  if (files.length !== inputs.files.length) {
    throw new Error(`${inputs.files.length} images in, but ${files.length} out`);
  }
  return { ...cost, seconds, rate: files.length / seconds, bytes: bytesOf(files) };
}

function runImgmill(job, inputs) {
  const cost = measured([imgmill, 'optimize', inputs.folder, '-o', emptied(output), '--quiet', ...job.imgmill]);
  return outcome(cost, cost.wall, inputs);
}

function runSharp(job, inputs, way) {
  const script = path.join(import.meta.dirname, 'sharp_batch.mjs');
  const cost = measured(
    [process.execPath, script, inputs.folder, emptied(output), JSON.stringify(job.sharp),
      String(way.inFlight), String(way.concurrency)],
    { UV_THREADPOOL_SIZE: String(Math.max(4, way.inFlight)) });
  return outcome(cost, Number(cost.stdout), inputs);
}

/** Finds the fastest way to run sharp for this job, with some of the images. */
function bestWay(job, inputs) {
  const some = { ...inputs, files: inputs.files.slice(0, inputs.files.length > 100 ? 200 : 6) };
  some.folder = emptied(path.join(work, 'in', 'probe'));
  fs.mkdirSync(some.folder);
  for (const file of some.files) fs.linkSync(file, path.join(some.folder, path.basename(file)));
  const ways = [];
  for (const inFlight of new Set([1, cores, 2 * cores])) {
    for (const concurrency of new Set([1, cores])) {
      ways.push({ inFlight, concurrency, rate: runSharp(job, some, { inFlight, concurrency }).rate });
    }
  }
  return ways.reduce((best, way) => (way.rate > best.rate ? way : best));
}

async function compare(job) {
  const inputs = await job.inputs(quick ? 6 : undefined);
  inputs.files.forEach((file) => fs.readFileSync(file)); // both start with a warm page cache
  const way = bestWay(job, inputs);
  const pairs = [];
  for (let round = 0; round < rounds; ++round) {
    pairs.push({ ours: runImgmill(job, inputs), theirs: runSharp(job, inputs, way) });
    process.stderr.write('.');
  }
  const of = (side, field) => median(pairs.map((pair) => pair[side][field]));
  const ratio = median(pairs.map(({ ours, theirs }) => ours.rate / theirs.rate));
  const saidRatio = ratio < 1 ? `**${ratio.toFixed(2)}** (slower)` : ratio.toFixed(2);
  process.stderr.write(` ${job.name}: ${ratio.toFixed(2)} times sharp\n`);
  const bytes = { ours: of('ours', 'bytes'), theirs: of('theirs', 'bytes') };
  return {
    job, ratio, bytes,
    row: [job.title, inputs.label, of('ours', 'rate').toFixed(1), of('theirs', 'rate').toFixed(1), saidRatio,
      ...['ours', 'theirs'].map((side) => of(side, 'cpu').toFixed(2)),
      megabytes(bytesOf(inputs.files)), megabytes(bytes.ours), megabytes(bytes.theirs),
      ...['ours', 'theirs'].map((side) => Math.round(of(side, 'peak_kib') / 1024)),
      `${way.inFlight} x ${way.concurrency}`],
  };
}

const results = [];
for (const job of jobs.filter(({ name }) => !wanted || wanted.includes(name))) results.push(await compare(job));
if (results.length === 0) throw new Error(`--jobs: there are ${jobs.map(({ name }) => name).join(', ')}`);

const losses = results.flatMap(({ job, ratio, bytes }) => [
  ...(ratio < 1 ? [`${job.title}: ${((1 - ratio) * 100).toFixed(0)}% fewer images a second`] : []),
  ...(bytes.ours > bytes.theirs * 1.001
    ? [`${job.title}: ${((bytes.ours / bytes.theirs - 1) * 100).toFixed(1)}% more bytes`] : []),
]);
const { sharp } = require('sharp').versions;
publish('peers', [
  `Measured on ${machine()}; sharp ${sharp} on Node ${process.versions.node}. ${quick ? 'A quick run: few images. ' : ''}` +
  `Medians of ${rounds} pairs of runs in turn; the ratio is taken pair by pair. imgmill's time is that of the whole ` +
  'process, with every output synced to disk; sharp\'s is without the start of Node and without syncing. cpu is user ' +
  'and system time of the whole process on both sides. "sharp as" is images in flight x `sharp.concurrency`, the fastest found.',
  '',
  table(['job', 'images', 'imgmill images/s', 'sharp images/s', 'ratio', 'imgmill cpu s', 'sharp cpu s', 'MB in',
    'imgmill MB out', 'sharp MB out', 'imgmill peak MiB', 'sharp peak MiB', 'sharp as'], results.map(({ row }) => row)),
  '',
  losses.length ? `Where imgmill loses here:\n${losses.map((line) => `- ${line}`).join('\n')}`
    : 'imgmill loses nowhere in this table.',
].join('\n'));
