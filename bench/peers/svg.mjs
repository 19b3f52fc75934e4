// ./run bench svg [--limit N] [--only adwaita,tango,papirus,openclipart] [--said TEXT] [--no-write]
// Drawings of Debian's icon themes and of Open Clip Art, cleaned by imgmill and by svgo: bytes,
// time, and how many outputs look different in another renderer (sharp's librsvg, at 512 and at 150
// pixels). --limit: drawings of each (default 400, spread over the package).
import fs from 'node:fs';
import path from 'node:path';
import { bytesOf, emptied, filesIn, imgmill, machine, measured, option, publish, require, table, work } from './common.mjs';
import { unpacked } from './codecs_inputs.mjs';

const sharp = require('sharp');
const limit = Number(option('limit', 400));
const only = option('only', '') && String(option('only', '')).split(',');
// A difference of one level is invisible. Pictures that differ by more than 16 levels of 255 are
// counted, and separately those that differ by more than 64.
const [visible, plain] = [16, 64];

const corpora = [
  { name: 'adwaita', debian: 'adwaita-icon-theme' },
  { name: 'tango', debian: 'tango-icon-theme' },
  { name: 'papirus', debian: 'papirus-icon-theme' },
  { name: 'openclipart', debian: 'openclipart-svg' },
].filter(({ name }) => !only || only.includes(name));

function drawings({ name, debian }) {
  const all = filesIn(unpacked(debian)).filter((file) => file.endsWith('.svg'));
  const step = Math.max(1, Math.floor(all.length / limit));
  const folder = emptied(path.join(work, 'in', `svg-${name}`));
  fs.mkdirSync(folder, { recursive: true });
  all.filter((_, i) => i % step === 0).slice(0, limit)
    .forEach((file, i) => fs.copyFileSync(file, path.join(folder, `${String(i).padStart(4, '0')}.svg`)));
  const files = filesIn(folder);
  return { label: `${files.length} drawings (${debian})`, folder, files };
}

async function drawn(file, side) {
  // A drawing that cannot be rendered cannot be compared.
  try {
    return await sharp(file).resize(side, side, { fit: 'fill' }).ensureAlpha().raw().toBuffer();
  } catch {
    return undefined;
  }
}

/** The largest difference of any pixel, premultiplied; 255 if one cannot be rendered any more. */
async function difference(one, other) {
  let most = 0;
  for (const side of [512, 150]) {
    const [a, b] = await Promise.all([drawn(one, side), drawn(other, side)]);
    if (!a) return 0;
    if (!b) return 255;
    for (let i = 0; i < a.length; i += 4) {
      most = Math.max(most, Math.abs(a[i + 3] - b[i + 3]));
      for (let band = 0; band < 3; band += 1) {
        most = Math.max(most, Math.abs(a[i + band] * a[i + 3] - b[i + band] * b[i + 3]) / 255);
      }
    }
  }
  return most;
}

async function judged(inputs, folder, who, wall, cpu, refused) {
  const files = filesIn(folder);
  if (files.length !== inputs.files.length) throw new Error(`${inputs.files.length} drawings in, but ${files.length} out`);
  const differences = [];
  for (const [i, file] of files.entries()) differences.push(await difference(inputs.files[i], file));
  const larger = files.filter((file, i) => fs.statSync(file).size > fs.statSync(inputs.files[i]).size).length;
  return { inputs, who, bytes: bytesOf(files), wall, cpu, refused, larger,
    seen: differences.filter((most) => most > visible).length, spoiled: differences.filter((most) => most > plain).length };
}

async function ours(inputs, words) {
  const out = emptied(path.join(work, 'svg', 'imgmill'));
  const report = path.join(work, 'svg.json');
  const cost = measured([imgmill, 'optimize', inputs.folder, '-o', out, '--quiet', '--progress', 'none', '--report', report, '--overwrite', ...words]);
  const { results } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const refused = results.filter((result) => result.decision === 'kept').length;
  return judged(inputs, out, ['**imgmill**', ...words].join(' '), cost.wall, cost.cpu, refused);
}

async function svgo(inputs, way, who) {
  const out = emptied(path.join(work, 'svg', 'svgo'));
  const cost = measured([process.execPath, path.join(import.meta.dirname, 'svgo_batch.mjs'), inputs.folder, out, way]);
  const { wall, refused } = JSON.parse(cost.stdout);
  return judged(inputs, out, who, wall, cost.cpu, refused);
}

const rows = [];
for (const each of corpora) {
  const inputs = drawings(each);
  rows.push(await ours(inputs, []), await ours(inputs, ['--lossless']), await svgo(inputs, 'DEFAULT', 'svgo, as it is'),
    await svgo(inputs, 'CAREFUL', 'svgo, ids kept, multipass'));
}
publish('svg', [
  `Measured on ${machine()}; svgo ${require('svgo').VERSION} on Node ${process.versions.node}, one process; imgmill with all cores, ` +
  `every output drawn, compared and synced. ${option('said', '')}`.trim(),
  '',
  `Differences are those of any pixel of 255 between input and output, drawn by sharp's librsvg ${sharp.versions.rsvg ?? ''} at 512 and 150 pixels, texts with the ` +
  'machine\'s fonts.',
  '',
  table(['drawings', 'with', 'kB in', 'kB', 'of the input', 'seconds', 'CPU s', `differ by more than ${visible}`, `by more than ${plain}`, 'larger', 'left alone'],
    rows.map((row) => [row.inputs.label, row.who, (bytesOf(row.inputs.files) / 1e3).toFixed(0), (row.bytes / 1e3).toFixed(0),
      `${(100 * row.bytes / bytesOf(row.inputs.files)).toFixed(1)}%`, row.wall.toFixed(2), row.cpu.toFixed(2), row.seen, row.spoiled, row.larger, row.refused])),
].join('\n'));
