// ./run bench set [--images N] [--rounds N]
// Measures what a set costs whose files are all up to date: 1,000 pictures in 9 variants, again.
import fs from 'node:fs';
import path from 'node:path';
import { png } from '../../tests/web/support/pictures.mjs';
import { emptied, filesIn, imgmill, machine, measured, median, option, table, work } from './common.mjs';

const images = Number(option('images', 1000));
const rounds = Number(option('rounds', 9));
const input = path.join(work, 'in', `set-${images}`);
const output = path.join(work, 'out');
const cache = path.join(work, 'cache');
const manifest = path.join(work, 'set.json');

if (!fs.existsSync(input)) {
  const making = emptied(`${input}-making`);
  for (let i = 0; i < images; ++i) {
    const folder = path.join(making, String(Math.floor(i / 100)).padStart(3, '0'));
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${String(i).padStart(4, '0')}.png`), png(300, 200, i + 1));
  }
  fs.renameSync(making, input);
}
const run = () => measured([imgmill, 'set', input, '-o', output, '--quiet', '--cache', cache, '--manifest', manifest,
  '--html', 'picture', '--widths', '100,200,300', '--formats', 'avif,webp,jpeg', '-q', '50', '--effort', 'fast']);

emptied(output);
emptied(cache);
const first = run();
const text = fs.readFileSync(manifest, 'utf8');
const again = Array.from({ length: rounds }, run);
if (fs.readFileSync(manifest, 'utf8') !== text) throw new Error('the manifest has changed');
const files = filesIn(output).length;
console.log([
  `Measured on ${machine()}. ${images.toLocaleString('en')} pictures, ${files.toLocaleString('en')} files; median of ${rounds}.`,
  '',
  table(['`imgmill set`', 'wall time', 'processor time', 'to reach'], [
    ['first run', `${first.wall.toFixed(1)} s`, `${first.cpu.toFixed(1)} s`, ''],
    ['up to date', `${median(again.map(({ wall }) => wall)).toFixed(3)} s`,
      `${median(again.map(({ cpu }) => cpu)).toFixed(3)} s`, 'under 0.5 s'],
  ]),
].join('\n'));
[output, cache].forEach(emptied);
