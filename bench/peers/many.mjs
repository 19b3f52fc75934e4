// ./run bench many [--files N] [--no-write]
// Processes 100,000 files of about 1 kB: planning and validation rate, time of the first output,
// and peak memory of a whole run.
import fs from 'node:fs';
import path from 'node:path';
import {
  bytesOf, emptied, filesIn, imgmill, machine, measured, median, option, publish, require, table, work,
} from './common.mjs';

const sharp = require('sharp');
const count = Number(option('files', 100_000));
const folder = path.join(work, 'in', 'many');
const output = path.join(work, 'out');
const perFolder = 1000;

/** A JPEG with a comment (marker FE) after its first two bytes: different bytes, same picture. */
const numbered = (jpeg, number) => {
  const text = Buffer.from(String(number).padStart(8, '0'));
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, text.length + 2]), text, jpeg.subarray(2)]);
};

async function make() {
  const complete = path.join(work, 'in', `many-${count}`);
  if (fs.existsSync(complete)) return;
  emptied(folder);
  const pictures = [];
  for (let i = 0; i < 100; ++i) {
    const [width, height, channels] = [56, 56, 3];
    const pixels = Buffer.alloc(width * height * channels);
    for (let at = 0; at < pixels.length; ++at) pixels[at] = (at * (i + 3) + (at >> 5) * 7 * i) & 0xff;
    const picture = sharp(pixels, { raw: { width, height, channels } }).blur(1.5);
    pictures.push(await picture.jpeg({ quality: 75 }).toBuffer());
  }
  for (let i = 0; i < count; ++i) {
    const into = path.join(folder, String(Math.floor(i / perFolder)).padStart(4, '0'));
    if (i % perFolder === 0) fs.mkdirSync(into, { recursive: true });
    fs.writeFileSync(path.join(into, `${String(i).padStart(6, '0')}.jpg`), numbered(pictures[i % 100], i));
  }
  fs.writeFileSync(complete, '');
}

await make();
const files = filesIn(folder);
const average = bytesOf(files) / files.length; // reading every size also warms the cache
files.forEach((file) => fs.readFileSync(file));

// The time includes starting up, as for the other programs.
const dry = [1, 2, 3].map(() => measured([imgmill, 'optimize', folder, '-o', emptied(output), '--dry-run', '--quiet']));
const rate = count / median(dry.map(({ wall }) => wall));
console.error(`planned and validated: ${Math.round(rate)} tasks a second`);

const full = measured([imgmill, 'optimize', folder, '-o', emptied(output), '--progress', 'json']);
const written = filesIn(output).length;
if (written !== count) throw new Error(`${count} files in, ${written} out`);
const events = full.stderr.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

publish('many', [
  `Measured on ${machine()}. ${count.toLocaleString('en')} JPEGs of ${Math.round(average)} bytes in ` +
  `${Math.ceil(count / perFolder)} folders, warm page cache.`,
  '',
  table(['what', 'figure', 'to reach'], [
    ['planning and validating (`--dry-run`, whole process)', `${Math.round(rate).toLocaleString('en')} tasks/s`, '20,000 tasks/s'],
    ['peak memory of that', `${Math.round(median(dry.map((cost) => cost.peak_kib)) / 1024)} MiB`, ''],
    ['a whole run', `${Math.round(count / full.wall).toLocaleString('en')} images/s`, ''],
    ['peak memory of a whole run', `${Math.round(full.peak_kib / 1024)} MiB`, 'under 300 MB'],
    ...moments(events),
  ]),
].join('\n'));
emptied(output);

/** Which came first, the first result or the end of validation: the progress lines are in order. */
function moments(lines) {
  const first = lines.findIndex(({ event }) => event === 'result');
  const complete = lines.findIndex(({ event, complete: all }) => event === 'planned' && all);
  if (first < 0 || complete < 0) throw new Error('the progress tells neither of results nor of the end of planning');
  return [['first result before the last task was validated', first < complete ? 'yes' : 'no', 'yes']];
}
