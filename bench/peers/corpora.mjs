// The two corpora for measuring targets and fitting models: small pictures that were never encoded
// lossily, and photographs from a camera or a web site.
//
//   --kodak DIR          instead of the PNGs of inputs.mjs
//   --photos DIR         instead of its photographs
//   --photos-name TEXT   their name in the results
//   --limit N            only the first N of each
import path from 'node:path';
import { filesIn, option } from './common.mjs';
import { photos, pngs } from './inputs.mjs';

const pictures = /\.(png|jpe?g|webp|avif)$/i;

function named(folder, label, limit) {
  const files = filesIn(path.resolve(folder)).filter((file) => pictures.test(file)).slice(0, limit);
  if (files.length === 0) throw new Error(`${folder}: no pictures`);
  return { label: `${files.length} ${label}`, files };
}

/** Returns [{name, label, files}], the small ones first. */
export async function corpora() {
  const limit = Number(option('limit', 0)) || undefined;
  const [kodak, folder] = [option('kodak', ''), option('photos', '')];
  const small = kodak ? named(kodak, 'pictures (Kodak)', limit) : await pngs(limit);
  const large = folder ? named(folder, option('photos-name', 'photographs'), limit) : photos(limit);
  return [{ name: 'kodak', ...small }, { name: 'photos', ...large }];
}
