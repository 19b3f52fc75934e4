// ./run bench pipeline [--rounds N] [--no-write]
// Measures the benefit of the pipeline if opening a file takes 20 ms longer: on against off, in
// turn.
import path from 'node:path';
import { emptied, imgmill, machine, measured, median, option, publish, table, work } from './common.mjs';
import { tiles } from './inputs.mjs';

const rounds = Number(option('rounds', 3));
const output = path.join(work, 'out');
const inputs = await tiles(500);

const run = (pipeline, slow) => measured(
  [imgmill, 'optimize', inputs.folder, '-o', emptied(output), '-q', '80', '--quiet', `--pipeline=${pipeline}`],
  slow ? { LD_PRELOAD: path.join(work, 'slow_open.so'), SLOW_OPEN_PREFIX: inputs.folder, SLOW_OPEN_MS: '20' } : {});

const rows = [['every open 20 ms slower', true], ['as the disk is', false]].map(([label, slow]) => {
  const pairs = Array.from({ length: rounds }, () => ({ on: run('on', slow).wall, off: run('off', slow).wall }));
  const side = (name) => median(pairs.map((pair) => pair[name]));
  const ratio = median(pairs.map(({ on, off }) => off / on));
  return [label, `${side('on').toFixed(2)} s`, `${side('off').toFixed(2)} s`, ratio.toFixed(2)];
});

publish('pipeline', [
  `Measured on ${machine()}. ${inputs.label}, q80; medians of ${rounds} pairs in turn.`,
  '',
  table(['opens', '`--pipeline=on`', '`--pipeline=off`', 'off / on'], rows),
].join('\n'));
