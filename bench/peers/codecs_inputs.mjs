// The pictures of `bench codecs`: corpora by name, each in a folder of its own.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, filesIn, require, root, work } from './common.mjs';
import { photos, pngs, wallpapers } from './inputs.mjs';

const sharp = require('sharp');

/** Runs `command` and returns its standard output. Throws unless it exits with 0. */
export function told(command) {
  const done = spawnSync(command[0], command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.status !== 0) throw new Error(`${command.join(' ')} failed`);
  return done.stdout.trim();
}

/** Unpacks a Debian package without installing it; returns the folder. */
export function unpacked(name) {
  const folder = path.join(work, 'packages', name);
  told([path.join(root, 'tools', 'unpack_package.sh'), name, folder]);
  return folder;
}

/** Finds a program in the system or in its unpacked package; returns nothing if neither runs. */
export function program(name, debian) {
  const runs = (file) => {
    const done = spawnSync(file, ['-h'], { encoding: 'utf8' });
    return done.error === undefined && done.status !== 127;
  };
  if (runs(name)) return name;
  try {
    const file = path.join(unpacked(debian), 'usr', 'bin', name);
    return runs(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Screenshots of each language, as in the help; those shared by several languages appear in each.
 */
function screenshots(limit) {
  const help = path.join(unpacked('gnome-user-docs'), 'usr', 'share', 'help');
  const all = fs.readdirSync(help, { recursive: true }).filter((name) => name.endsWith('.png')).sort().slice(0, limit ?? 100);
  const folder = emptied(path.join(work, 'in', 'screenshots'));
  fs.mkdirSync(folder, { recursive: true });
  all.forEach((name, i) => fs.copyFileSync(path.join(help, name), path.join(folder, `${String(i).padStart(3, '0')}.png`)));
  return { label: `${all.length} screenshots (gnome-user-docs)`, folder, files: filesIn(folder) };
}

/** The same pictures as PNG, upright. */
async function asPngs(set, name) {
  const folder = emptied(path.join(work, 'in', name));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of set.files) {
    await sharp(file).autoOrient().keepIccProfile().png({ compressionLevel: 1 })
      .toFile(path.join(folder, `${path.parse(file).name}.png`));
  }
  return { label: `${set.label}, as PNG`, folder, files: filesIn(folder) };
}

/** JPEGs without any metadata, so that only compression differs. */
function bare(set, name, jpegtran) {
  const folder = emptied(path.join(work, 'in', name));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of set.files) told([jpegtran, '-copy', 'none', '-outfile', path.join(folder, path.basename(file)), file]);
  return { label: `${set.label}, without metadata`, folder, files: filesIn(folder) };
}

const made = new Map();
async function once(name, make) {
  if (!made.has(name)) made.set(name, await make());
  return made.get(name);
}

/** At most `limit` files of each. */
export const corpus = {
  photos: (limit) => once('photos', () => photos(limit)),
  wallpapers: (limit) => once('wallpapers', () => wallpapers(limit)),
  kodak: (limit) => once('kodak', () => pngs(limit)),
  screenshots: (limit) => once('screenshots', () => screenshots(limit)),
  photo_pngs: (limit) => once('photo_pngs', async () => asPngs(await corpus.photos(limit), 'photo-pngs')),
  bare_photos: (limit, jpegtran) => once('bare_photos', async () => bare(await corpus.photos(limit), 'bare-photos', jpegtran)),
  bare_wallpapers: (limit, jpegtran) =>
    once('bare_wallpapers', async () => bare(await corpus.wallpapers(limit), 'bare-wallpapers', jpegtran)),
};
