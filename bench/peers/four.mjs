// ./run bench four [--rounds N] [--no-write]
// The four points that imgmill's design began with, each before and after.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { emptied, imgmill, machine, measured, median, option, publish, root, table, work } from './common.mjs';
import { tiles } from './inputs.mjs';

const rounds = Number(option('rounds', 3));
const programs = path.join(root, 'build', 'release', 'bench');

function told(program, words) {
  const done = spawnSync(path.join(programs, program), words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`${program} failed:\n${done.stderr}`);
  return JSON.parse(done.stdout);
}

const few = await tiles(60);
const first = told('imgmill_first_images', [few.folder, '10']);

const validation = Object.fromEntries(
  told('imgmill_bench', ['--benchmark_filter=^validate_', '--benchmark_format=json']).benchmarks
    .map(({ name, items_per_second: rate }) => [name.split('/')[0], rate]));

const many = await tiles(500);
const slow = { LD_PRELOAD: path.join(work, 'slow_open.so'), SLOW_OPEN_PREFIX: many.folder, SLOW_OPEN_MS: '20' };
const run = (pipeline) => measured([imgmill, 'optimize', many.folder, '-o', emptied(path.join(work, 'out')), '-q', '80',
  '--quiet', `--pipeline=${pipeline}`], slow).wall;
const pairs = Array.from({ length: rounds }, () => ({ off: run('off'), on: run('on') }));
const side = (name) => median(pairs.map((pair) => pair[name]));

const ms = (microseconds) => `${(microseconds / 1000).toFixed(1)} ms`;
const perSecond = (rate) => `${Math.round(rate).toLocaleString('en')} tasks/s`;
const times = (ratio) => `${ratio.toFixed(2)} x`;

publish('four', [
  `Measured on ${machine()}.`,
  '',
  table(['point', 'before', 'after', 'gain'], [
    ['no memory metrics in the batch path: sampling for each image, against none',
      `${first.memory_sample.toFixed(0)} us`, '0 us', ''],
    ['validation: a copy and a job for each task, against chunks of 50 in place',
      perSecond(validation.validate_copy_and_spawn), perSecond(validation.validate_in_place),
      times(validation.validate_in_place / validation.validate_copy_and_spawn)],
    ['warm-up: the first images of a cold and of a warm pool, p50 (a later image: '
      + `${ms(first.warm.steady_p50)})`, ms(first.cold.first_p50), ms(first.warm.first_p50),
      times(first.cold.first_p50 / first.warm.first_p50)],
    [`pipeline: off, against on; ${many.label}, every open 20 ms slower`,
      `${side('off').toFixed(2)} s`, `${side('on').toFixed(2)} s`, times(median(pairs.map(({ on, off }) => off / on)))],
  ]),
].join('\n'));
