// The pictures to measure with. Photographs come from the corpus if there is one ($IMGMILL_CORPUS
// or ../shared/corpus), otherwise from a Debian package; the others are derived from them
// deterministically.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, filesIn, require, root, work } from './common.mjs';

const sharp = require('sharp');
const corpus = process.env.IMGMILL_CORPUS ?? path.join(root, '..', 'shared', 'corpus');

/** Links the given files into a folder under build/bench; returns it with its display name. */
function gather(name, label, files) {
  const folder = emptied(path.join(work, 'in', name));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of files) fs.copyFileSync(file, path.join(folder, path.basename(file)));
  return { label: `${files.length} ${label}`, folder, files: filesIn(folder) };
}

const pick = (folder, extension, limit) =>
  filesIn(folder).filter((file) => file.endsWith(extension)).slice(0, limit);

export function wallpapers(limit) {
  const told = spawnSync(path.join(root, 'tools', 'photographs.sh'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (told.status !== 0) throw new Error('no photographs');
  return gather('wallpapers', 'camera JPEGs of 2 to 16 MP (lomiri-wallpapers-16.04)',
    pick(told.stdout.trim(), '.jpg', limit));
}

export function photos(limit) {
  const folder = path.join(corpus, 'photos');
  if (!fs.existsSync(folder)) return wallpapers(limit);
  return gather('photos', 'JPEG photographs of 2 to 3 MP (corpus)', pick(folder, '.jpg', limit));
}

export async function pngs(limit) {
  const kodak = path.join(corpus, 'kodak');
  if (fs.existsSync(kodak)) return gather('pngs', 'PNG photographs (Kodak)', pick(kodak, '.png', limit));
  const made = gather('pngs', 'PNG photographs, 768 px wide', []);
  for (const file of photos(limit).files) {
    const out = path.join(made.folder, `${path.parse(file).name}.png`);
    await sharp(file).resize({ width: 768 }).png({ compressionLevel: 6 }).toFile(out);
  }
  made.files = filesIn(made.folder);
  made.label = `${made.files.length} ${made.label.replace(/^\d+ /, '')}`;
  return made;
}

/** `count` different JPEGs of 256 x 256 pixels, cropped from the photographs. */
export async function tiles(count) {
  const side = 256;
  const made = gather('tiles', '', []);
  const sources = photos().files;
  const each = Math.ceil(count / sources.length);
  let done = 0;
  for (const source of sources) {
    const { data, info } = await sharp(source).raw().toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    for (let k = 0; k < each && done < count; ++k) {
      // Two odd steps spread over a picture of any size.
      const [left, top] = [(k * 331) % (info.width - side), (k * 197) % (info.height - side)];
      await sharp(data, { raw }).extract({ left, top, width: side, height: side }).jpeg({ quality: 92 })
        .toFile(path.join(made.folder, `${String(done++).padStart(5, '0')}.jpg`));
    }
  }
  return { label: `${count.toLocaleString('en')} JPEGs of 256 px`, folder: made.folder, files: filesIn(made.folder) };
}
