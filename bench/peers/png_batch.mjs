// png_batch.mjs IN OUT OPTIONS LANES: runs oxipng (from @napi-rs/image) over the PNGs of a folder.
// Prints the seconds it took, excluding the start of Node.
import fs from 'node:fs';
import path from 'node:path';
import { require } from './common.mjs';

const { losslessCompressPng } = require('@napi-rs/image');
const [input, output, options, lanes] = process.argv.slice(2);

const start = process.hrtime.bigint();
fs.mkdirSync(output, { recursive: true });
const names = fs.readdirSync(input).sort();
async function lane() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const bytes = await losslessCompressPng(fs.readFileSync(path.join(input, name)), JSON.parse(options));
    fs.writeFileSync(path.join(output, name), bytes);
  }
}
await Promise.all(Array.from({ length: Number(lanes) }, lane));
console.log(Number(process.hrtime.bigint() - start) / 1e9);
