// ./run bench pool [--rounds N]
// Compares worker processes with threads, and the first images with and without warm-up.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, imgmill, machine, measured, median, option, publish, root, table, work } from './common.mjs';
import { photos, tiles } from './inputs.mjs';

const rounds = Number(option('rounds', 5));
const output = path.join(work, 'out');

const run = (folder, words) =>
  measured([imgmill, 'optimize', folder, '-o', emptied(output), '-q', '80', '--quiet', ...words]);

/** The median of `b / a` over alternating pairs, and the medians of both. */
function compared(folder, a, b) {
  const pairs = Array.from({ length: rounds }, (_, i) => {
    // Alternates the order, so that neither always finds the warmer machine.
    const first = run(folder, i % 2 ? b : a);
    const second = run(folder, i % 2 ? a : b);
    return i % 2 ? { a: second, b: first } : { a: first, b: second };
  });
  const wall = (side) => median(pairs.map((pair) => pair[side].wall));
  const cpu = (side) => median(pairs.map((pair) => pair[side].cpu));
  return { a: wall('a'), b: wall('b'), ratio: median(pairs.map((pair) => pair.b.wall / pair.a.wall)),
    cpu: cpu('b') / cpu('a') };
}

const small = await tiles(1000);
// Each file three times, so that start-up time has a realistic share.
const large = photos();
for (const file of large.files) {
  // A letter after the picture makes them different: identical files would be processed once.
  for (const copy of ['b', 'c']) {
    fs.writeFileSync(file.replace(/\.jpg$/, `-${copy}.jpg`), Buffer.concat([fs.readFileSync(file), Buffer.from(copy)]));
  }
}
large.label = `${3 * large.files.length} ${large.label.replace(/^\d+ /, '')}, each three times`;
const rows = [[large, 'at most 1.03'], [small, 'at most 1.10']].map(([inputs, goal]) => {
  const { a, b, ratio, cpu } = compared(inputs.folder, ['--isolation', 'thread'], ['--isolation', 'process']);
  return [inputs.label, `${a.toFixed(2)} s`, `${b.toFixed(2)} s`, ratio.toFixed(3), cpu.toFixed(3), goal];
});

const few = await tiles(60);
const told = spawnSync(path.join(root, 'build', 'release', 'bench', 'imgmill_first_images'), [few.folder, '20'],
  { encoding: 'utf8' });
if (told.status !== 0) throw new Error('imgmill_first_images failed');
const { warm, cold, memory_sample: sample } = JSON.parse(told.stdout);
const ms = (microseconds) => `${(microseconds / 1000).toFixed(1)} ms`;
const latencies = [['on', warm], ['off', cold]].map(([name, { first_p50, first_p99, steady_p50, steady_p99 }]) =>
  [name, ms(first_p50), ms(first_p99), ms(steady_p50), ms(steady_p99), (first_p50 / steady_p50).toFixed(2)]);

publish('pool', [
  `Measured on ${machine()}. Each image q80; medians of ${rounds} pairs in turn.`,
  '',
  table(['images', '`--isolation thread`', '`--isolation process`', 'process / thread', 'CPU', 'to reach'], rows),
  '',
  `The first two images of a pool, one after the other, over 20 pools each; ${few.label}. "Later" are the last 30 of 60.`,
  '',
  table(['`--warmup`', 'first, p50', 'first, p99', 'later, p50', 'later, p99', 'first / later'], latencies),
  '',
  `Sampling memory for every image, as the program that imgmill grew from did (\`/proc/meminfo\` and `
    + `\`/proc/self/status\`, read and parsed): ${sample.toFixed(0)} us an image; imgmill samples nothing: 0 us.`,
].join('\n'));
