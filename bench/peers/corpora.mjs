// The two sets of pictures that targets are measured and models are fitted on: small ones
// that were never encoded with loss, and photographs as a camera or a site gives them.
//
//   --kodak DIR          instead of the PNGs of inputs.mjs
//   --photos DIR         instead of its photographs
//   --photos-name TEXT   what they are, for people
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

/** [{name, label, files}], the small ones first. */
export async function corpora() {
  const limit = Number(option('limit', 0)) || undefined;
  const [kodak, folder] = [option('kodak', ''), option('photos', '')];
  const small = kodak ? named(kodak, 'pictures (Kodak)', limit) : await pngs(limit);
  const large = folder ? named(folder, option('photos-name', 'photographs'), limit) : photos(limit);
  return [{ name: 'kodak', ...small }, { name: 'photos', ...large }];
}
