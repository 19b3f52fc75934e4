// The jobs to compare: the same work for imgmill and for sharp. Settings are the same on both
// sides: both encode with the same libvips, mozjpeg, libwebp and libaom.
import { photos, pngs, tiles, wallpapers } from './inputs.mjs';

const mozjpeg = { format: 'jpeg', options: { quality: 80, mozjpeg: true } };

export const jobs = [
  { name: 'jpeg', title: 'JPEG, mozjpeg q80', inputs: photos, imgmill: ['-q', '80'], sharp: mozjpeg },
  { name: 'jpeg-large', title: 'JPEG, mozjpeg q80, large', inputs: wallpapers, imgmill: ['-q', '80'], sharp: mozjpeg },
  {
    name: 'webp', title: 'to WebP q80, effort 4', inputs: photos, imgmill: ['-f', 'webp', '-q', '80'],
    sharp: { format: 'webp', options: { quality: 80, effort: 4 } },
  },
  {
    name: 'avif', title: 'to AVIF q50, effort 2, 4:2:0', inputs: photos, imgmill: ['-f', 'avif', '-q', '50'],
    sharp: { format: 'avif', options: { quality: 50, effort: 2, chromaSubsampling: '4:2:0' } },
  },
  {
    name: 'png', title: 'PNG, lossless, level 6, adaptive filter', inputs: pngs, imgmill: ['--lossless', '--effort', 'fast'],
    sharp: { format: 'png', options: { palette: false, compressionLevel: 6, adaptiveFiltering: true } },
  },
  {
    // Not the same work: imgmill tries several filters and decodes the result again to verify it.
    name: 'png9', title: 'PNG, lossless, level 9 (imgmill tries three filters)', inputs: pngs, imgmill: ['--lossless'],
    sharp: { format: 'png', options: { palette: false, compressionLevel: 9 } },
  },
  {
    name: 'resize', title: 'resize to 720 px wide, JPEG q80', inputs: photos,
    imgmill: ['-q', '80', '--resize', 'width=720'],
    sharp: { ...mozjpeg, resize: { width: 720, withoutEnlargement: true } },
  },
  {
    name: 'small', title: 'small JPEGs, mozjpeg q80', inputs: (limit) => tiles(limit ? 200 : 1000),
    imgmill: ['-q', '80'], sharp: mozjpeg,
  },
];
