// node svgo_batch.mjs IN OUT DEFAULT|CAREFUL: runs svgo over every SVG below IN; prints the seconds
// it took, excluding the start of Node.
import fs from 'node:fs';
import path from 'node:path';
import { filesIn, require } from './common.mjs';

const { optimize } = require('svgo');
const [folder, out, way] = process.argv.slice(2);
// Keeps ids that other files may refer to, as imgmill does.
const careful = { multipass: true, plugins: [{ name: 'preset-default', params: { overrides: { cleanupIds: false } } }] };
const config = way === 'CAREFUL' ? careful : {};
fs.mkdirSync(out, { recursive: true });
const start = process.hrtime.bigint();
let refused = 0;
for (const file of filesIn(folder)) {
  const text = fs.readFileSync(file, 'utf8');
  let made = text;
  try {
    made = optimize(text, { path: file, ...config }).data;
  } catch {
    refused += 1;
  }
  fs.writeFileSync(path.join(out, path.basename(file)), made);
}
console.log(JSON.stringify({ wall: Number(process.hrtime.bigint() - start) / 1e9, refused }));
