// sharp_batch.mjs IN OUT JOB IN_FLIGHT CONCURRENCY: optimizes a folder with sharp the way its users
// do.
// Prints the seconds it took, excluding the start of Node and the loading of sharp.
import fs from 'node:fs';
import path from 'node:path';
import { require } from './common.mjs';

const sharp = require('sharp');
const [input, output, jobText, inFlight, concurrency] = process.argv.slice(2);
const { format, options, resize } = JSON.parse(jobText);
sharp.concurrency(Number(concurrency));
sharp.cache(false); // no file is processed twice

const start = process.hrtime.bigint();
fs.mkdirSync(output, { recursive: true });
const names = fs.readdirSync(input).sort();
async function lane() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    let image = sharp(path.join(input, name)).autoOrient();
    if (resize) image = image.resize(resize);
    await image.toFormat(format, options).toFile(path.join(output, `${path.parse(name).name}.${format}`));
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, lane));
console.log(Number(process.hrtime.bigint() - start) / 1e9);
