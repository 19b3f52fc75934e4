// ./run bench fit [--photos DIR] [--photos-name TEXT] [--kodak DIR] [--limit N] [--formats jpeg,webp,avif,jxl]
//                 [--curves DIR] [--no-write]
// Fits the tables of src/quality/model.cc: encodes every picture at a grid of qualities, fits to
// every other picture, and shows the error of the first guess on those and on the ones left out;
// then with the halves swapped, so that every picture is used once for fitting and once for
// testing. Only the measurements take long: --curves DIR stores and reuses them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { machine, option, publish, root, table, work } from './common.mjs';
import { corpora } from './corpora.mjs';
import { at, hats, hatsFit, mean, quantity, ridge, sd } from './fitting.mjs';

// JPEG stops chroma subsampling at 90: a step in the curve, so both of its sides are points.
const grids = {
  jpeg: [30, 50, 65, 75, 82, 86, 89, 90, 93, 97, 100],
  webp: [20, 40, 60, 75, 82, 88, 93, 97, 100],
  avif: [30, 45, 55, 65, 75, 85, 95],
  jxl: [20, 40, 60, 75, 82, 88, 93, 97, 100],
};
const biasKnots = {
  jpeg: [45, 60, 68, 75, 80, 85, 92], webp: [45, 60, 68, 75, 80, 85, 92], avif: [42, 60, 68, 75, 80, 85, 95], jxl: [45, 60, 68, 75, 80, 85, 92],
};
const targets = [70, 80, 85];
// Few pictures, and three features that are strongly correlated: strong regularization.
const strength = 3;

const kept = option('curves', '');
const formats = String(option('formats', 'jpeg,webp,avif')).split(',');
const sets = await corpora();

/** Returns the output of imgmill_score_curves for all pictures, as CSV. */
function curves(format) {
  const csv = path.join(path.resolve(kept || work), `${format}.csv`);
  if (kept && fs.existsSync(csv)) return fs.readFileSync(csv, 'utf8');
  const program = path.join(root, 'build', 'release', 'bench', 'imgmill_score_curves');
  const done = spawnSync(program, [format, grids[format].join(','), 'balanced', ...sets.flatMap((set) => set.files)],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.status !== 0) throw new Error(`${program} ended with ${done.status}`);
  if (kept) {
    fs.mkdirSync(path.dirname(csv), { recursive: true });
    fs.writeFileSync(csv, done.stdout);
  }
  return done.stdout;
}

const looks = ({ detail, flat, colour_detail: colour }) => [Math.log(detail + 0.1), flat, Math.log(colour + 0.1)];

/** The pictures' measured curves: [{half, features, points: [row of the CSV for each quality]}]. */
function pictured(format) {
  const [head, ...lines] = curves(format).trim().split('\n').map((line) => line.split(','));
  const rows = lines.map((line) => Object.fromEntries(head.map((name, i) => [name, name === 'file' ? line[i] : Number(line[i])])));
  return sets.flatMap((set) => set.files.map((file, place) => {
    const own = rows.filter((row) => path.basename(row.file) === path.basename(file));
    const points = grids[format].map((quality) => own.find((row) => row.quality === quality));
    return { half: place % 2, features: own[0] && looks(own[0]), points };
  })).filter(({ points }) => points.every(Boolean)); // drops pictures that an encoder refused
}

/**
 * The quality at which a picture's own curve reaches `score`; undefined outside the measured range.
 */
function reaches({ points }, score) {
  for (let i = 1; i < points.length; ++i) {
    const [a, b] = [points[i - 1], points[i]];
    if (a.score <= score && score <= b.score) {
      return a.quality + ((score - a.score) * (b.quality - a.quality)) / (b.score - a.score);
    }
  }
  return undefined;
}

/** Fits all parameters for `format` to `pictures`. */
function fitted(format, pictures) {
  const scores = grids[format].map((quality, i) => [quality, mean(pictures.map(({ points }) => points[i].score))]);
  const inverse = scores.map(([quality, score]) => [score, quality]);
  const reference = grids[format].indexOf(75);
  const sizes = grids[format].map((quality, i) => [101 - quality,
    mean(pictures.map(({ points }) => -Math.log(points[i].size / points[reference].size)))]).reverse();
  const drafts = pictures.flatMap(({ points }) => points.map((point) => [point.draft_score, point.score - point.draft_score]))
    .filter(([draft]) => draft >= biasKnots[format][0] - 10 && draft <= biasKnots[format].at(-1) + 3);
  const residuals = pictures.flatMap((picture) => targets.map((target) => [picture.features, reaches(picture, target), target]))
    .filter(([, quality]) => quality !== undefined)
    .map(([features, quality, target]) => [features, quality - at(inverse, target)]);
  return { scores, inverse, sizes, bias: hatsFit(biasKnots[format], drafts), features: ridge(residuals, strength) };
}

/**
 * The first guess as the quality search computes it: with or without the features, with or without
 * a draft.
 */
function guess(model, picture, target, { features, draft }) {
  const usual = (score) => at(model.inverse, score);
  const first = usual(target) + (features ? model.features.of(picture.features) : 0);
  if (!draft) return first;
  const quality = Math.min(100, Math.max(1, Math.round(first)));
  const score = at(picture.points.map((point) => [point.quality, point.draft_score]), quality);
  return quality + usual(target) - usual(score + hats(model.bias, score));
}

/**
 * Errors of the first guess, for models and the pictures to test each with: [[model, pictures]].
 */
const errors = (asked, target, how) => asked.flatMap(([model, pictures]) => pictures
  .map((picture) => [guess(model, picture, target, how), reaches(picture, target)])
  .filter(([, quality]) => quality !== undefined).map(([guessed, quality]) => guessed - quality));

/** Root mean square over all targets, which decides between two ways. */
const missed = (asked, how) =>
  Math.sqrt(mean(targets.flatMap((target) => errors(asked, target, how)).map((error) => error ** 2)));

const ways = [
  ['curve', { features: false, draft: false }],
  ['curve, features', { features: true, draft: false }],
  ['curve, draft', { features: false, draft: true }],
  ['curve, features, draft', { features: true, draft: true }],
];

const asPoints = (points, digits) => points.map(([x, y]) => `Point{${x}, ${y.toFixed(digits)}}`).join(', ');

const rows = [];
const notes = [];
const coefficients = [];
for (const format of formats) {
  const pictures = pictured(format);
  const halves = [0, 1].map((half) => pictures.filter((one) => one.half === half));
  const models = halves.map((half) => fitted(format, half));
  const [seen, unseen] = [[0, 1], [1, 0]].map((order) => models.map((model, i) => [model, halves[order[i]]]));
  for (const [name, how] of ways) {
    rows.push([format, name, ...[seen, unseen].flatMap((asked) => targets.map((target) => quantity(errors(asked, target, how)))),
      missed(unseen, how).toFixed(2)]);
  }
  const gain = (how, against) => {
    const percent = (asked) => (100 * (1 - missed(asked, how) / missed(asked, against))).toFixed(0);
    return `${percent(unseen)}% (by half: ${unseen.map((one) => `${percent([one])}%`).join(', ')})`;
  };
  // The range of scores that targets lie in.
  const points = unseen.flatMap(([model, half]) => half.flatMap((picture) => picture.points)
    .filter(({ score }) => score > 60 && score < 92).map((point) => ({ ...point, model })));
  const strays = sd(points.map(({ model, score, draft_score: draft }) => score - draft - hats(model.bias, draft)));
  const without = sd(points.map(({ model, score, quality }) => score - at(model.scores, quality)));
  const total = (what) => points.reduce((sum, point) => sum + point[what], 0);
  const time = (100 * total('draft_seconds')) / total('seconds');
  notes.push(`- ${format}: ${pictures.length} pictures. On those not seen, features lower the error by ${gain(ways[1][1], ways[0][1])}, `
    + `with a draft by ${gain(ways[3][1], ways[2][1])}. Between scores of 60 and 92 a draft tells the score to ${strays.toFixed(2)} points `
    + `(standard deviation), the curve alone to ${without.toFixed(2)}; encoding it takes ${time.toFixed(0)}% of the real encoding's time.`);
  // The halves have shown the error for unseen pictures; the shipped tables are fitted to all.
  const whole = fitted(format, pictures);
  coefficients.push(`${format}_scores  ${asPoints(whole.scores, 2)}`, `${format}_sizes   ${asPoints(whole.sizes, 3)}`,
    `${format}_bias    ${asPoints(whole.bias, 2)}`,
    `${format}_looks   ${whole.features.weights.map((weight) => weight.toFixed(3)).join(', ')}  `
      + '(constant, log(detail + 0.1), flat, log(colour_detail + 0.1); in steps of quality)');
}

console.log(coefficients.join('\n'));
publish('fit', [
  `Measured on ${machine()}. ${sets.map(({ label }) => label).join(' and ')}; effort balanced. Fitted to every other picture of each set, then to the others. `
  + 'Error of the first guess in steps of quality: mean +- standard deviation; the last column is the root of the mean square '
  + 'over the three targets, on the pictures not seen.',
  '',
  table(['format', 'first guess from', ...['fitted', 'unseen'].flatMap((name) => targets.map((target) => `${name}, ${target}`)), 'error, unseen'], rows),
  '',
  ...notes,
].join('\n'));
