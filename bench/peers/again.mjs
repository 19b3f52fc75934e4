// ./run bench again [--rounds N] [--no-write]
// Measures the cost and the savings of cache and journal: a first run with and without them, in
// turn, and second runs over unchanged files.
import fs from 'node:fs';
import path from 'node:path';
import { emptied, filesIn, imgmill, machine, measured, median, option, publish, table, work } from './common.mjs';
import { tiles } from './inputs.mjs';

const rounds = Number(option('rounds', 5));
const count = 10_000;
const output = path.join(work, 'out');
const cache = path.join(work, 'cache');
const state = path.join(work, 'state');

/** A JPEG with a comment (marker FE) after its first two bytes: different bytes, same picture. */
const numbered = (jpeg, number) => {
  const text = Buffer.from(String(number).padStart(8, '0'));
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, text.length + 2]), text, jpeg.subarray(2)]);
};

const small = await tiles(1000);
const many = path.join(work, 'in', 'again');
if (!fs.existsSync(path.join(work, 'in', `again-${count}`))) {
  emptied(many);
  const pictures = filesIn(small.folder).map((file) => fs.readFileSync(file));
  for (let i = 0; i < count; ++i) {
    const folder = path.join(many, String(Math.floor(i / 500)).padStart(3, '0'));
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${String(i).padStart(5, '0')}.jpg`), numbered(pictures[i % pictures.length], i));
  }
  fs.writeFileSync(path.join(work, 'in', `again-${count}`), '');
}

// Without a state folder there is no journal either.
const environment = (remembers) => (remembers
  ? { XDG_STATE_HOME: state } : { XDG_STATE_HOME: '', HOME: path.join(work, 'no-such-home') });
const run = (folder, remembers, more = []) => measured(
  [imgmill, 'optimize', folder, '-o', output, '--quiet', '--cache', remembers ? cache : 'off', ...more],
  environment(remembers));

const pairs = Array.from({ length: rounds }, (_, round) => {
  const one = (remembers) => {
    emptied(output);
    emptied(cache);
    return run(small.folder, remembers);
  };
  // Alternates the order, since disks cache.
  if (round % 2) {
    const without = one(false);
    return { remembering: one(true), without };
  }
  return { remembering: one(true), without: one(false) };
});
const cost = (what) => {
  const ratio = median(pairs.map(({ remembering, without }) => remembering[what] / without[what]));
  const side = (name) => median(pairs.map((pair) => pair[name][what]));
  return [`${side('without').toFixed(2)} s`, `${side('remembering').toFixed(2)} s`,
    `${(100 * (ratio - 1)).toFixed(1)}%`];
};

emptied(output);
emptied(cache);
run(many, true);
const rate = (more) => median(Array.from({ length: rounds }, () => count / run(many, true, more).wall));
const [threads, processes] = [rate(['--isolation', 'thread']), rate([])];
fs.renameSync(many, `${many}-moved`);
const moved = (() => {
  try {
    return count / measured([imgmill, 'optimize', `${many}-moved`, '-o', emptied(`${output}-moved`), '--quiet',
      '--cache', cache], environment(true)).wall;
  } finally {
    fs.renameSync(`${many}-moved`, many);
  }
})();
const figure = (perSecond) => `${Math.round(perSecond).toLocaleString('en')} files/s`;

publish('again', [
  `Measured on ${machine()}. Medians of ${rounds}; times are those of the whole process.`,
  '',
  table([`first run, ${small.label}`, 'without', 'with cache and journal', 'cost', 'to reach'], [
    ['wall time', ...cost('wall'), 'at most 2%'],
    ['processor time', ...cost('cpu'), ''],
  ]),
  '',
  table([`second run, ${count.toLocaleString('en')} files`, 'figure', 'to reach'], [
    ['nothing changed, `--isolation thread`', figure(threads), '20,000 files/s'],
    ['nothing changed, worker processes started as usual', figure(processes), ''],
    ['all files moved, outputs gone (once)', figure(moved), ''],
  ]),
].join('\n'));
[output, `${output}-moved`, cache, state].forEach(emptied);
