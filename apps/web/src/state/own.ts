import type { Image, Settings } from "../api/types";

/** Computed once per object: lists of ten thousand images change many times a second. */
const texts = new WeakMap<Settings, string>();
const textOf = (settings: Settings): string => {
  let text = texts.get(settings);
  if (text === undefined) {
    text = JSON.stringify(settings);
    texts.set(settings, text);
  }
  return text;
};

export interface Own {
  /** The settings that all images have in place of the job's. */
  all: Settings | null;
  /** Otherwise the number of images with settings of their own. */
  count: number;
}

/** Summarizes the settings that images have of their own. */
export const ownSettings = (rows: readonly (Image | undefined)[]): Own => {
  let first: Settings | null = null;
  let same = true;
  let count = 0;
  let known = 0;
  for (const image of rows) {
    if (!image) continue;
    known += 1;
    if (!image.settings) continue;
    count += 1;
    first ??= image.settings;
    same &&= textOf(first) === textOf(image.settings);
  }
  return first && same && count === known ? { all: first, count: 0 } : { all: null, count };
};
