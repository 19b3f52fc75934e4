// Shared by all benchmarks: paths, running and measuring a command, and the tables in
// docs/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = process.env.IMGMILL_ROOT;
export const work = path.join(root, 'build', 'bench');
export const imgmill = path.join(root, 'build', 'release', 'imgmill');
// sharp is in build/bench, outside the tracked tree, where `import` would not look.
export const require = createRequire(path.join(work, 'package.json'));

/** Runs `command`; returns {wall, cpu, peak_kib, stdout, stderr}. Throws unless it exits with 0. */
export function measured(command, env = {}) {
  const report = path.join(work, 'measured.json');
  spawnSync('sync'); // flush what earlier commands have written
  // A cache would make the second run of a pair different from the first.
  const remembers = command[0] !== imgmill || command.includes('--cache');
  const words = remembers ? command : [...command, '--cache', 'off'];
  const done = spawnSync(path.join(work, 'measure'), [report, ...words], {
    env: { ...process.env, XDG_STATE_HOME: path.join(work, 'state'), ...env }, encoding: 'utf8', maxBuffer: 1 << 30,
  });
  const cost = JSON.parse(fs.readFileSync(report, 'utf8'));
  fs.rmSync(report);
  if (done.status !== 0 || cost.status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${cost.status}:\n${done.stderr.slice(-2000)}`);
  }
  return { ...cost, stdout: done.stdout, stderr: done.stderr };
}

export const emptied = (folder) => {
  fs.rmSync(folder, { recursive: true, force: true });
  return folder;
};

/** All files below `folder`. */
export const filesIn = (folder) =>
  fs.readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();

export const bytesOf = (files) => files.reduce((sum, file) => sum + fs.statSync(file).size, 0);

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const megabytes = (bytes) => (bytes / 1e6).toFixed(2);

/** The value of "--name value", or `otherwise`; a flag without a value gives true. */
export function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) return otherwise;
  const value = process.argv[at + 1];
  return value === undefined || value.startsWith('--') ? true : value;
}

export function machine() {
  const version = spawnSync(imgmill, ['--version'], { encoding: 'utf8' }).stdout.trim().split('\n')[0];
  const cpus = os.cpus();
  return `${cpus.length} cores (${cpus[0].model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GiB, ` +
    `Linux ${os.release().split('-')[0]}; ${version}`;
}

export const table = (head, rows) =>
  [head, head.map((_, i) => (i ? '---:' : '---')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Prints `text` and inserts it between the markers of `section` in docs/benchmarks.md. */
export function publish(section, text) {
  console.log(`\n${text}\n`);
  if (option('no-write', false)) return;
  const file = path.join(root, 'docs', 'benchmarks.md');
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const page = fs.readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no markers ${begin} ... ${end}`);
  fs.writeFileSync(file, `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`);
  console.log(`written to ${path.relative(process.cwd(), file)}`);
}
