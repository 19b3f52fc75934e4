import type { Image, ImageState } from "../api/types";

export type SortKey = "added" | "name" | "before" | "after" | "saved" | "score" | "state";
export type Filter = "all" | "smaller" | "kept" | "failed" | "open";

export interface Arrangement {
  filter: Filter;
  /** Part of the name, ignoring case; empty: all. */
  text: string;
  sort: SortKey;
  descending: boolean;
}

export const as_added: Arrangement = { filter: "all", text: "", sort: "added", descending: false };

const shown: Record<Filter, readonly ImageState[] | null> = {
  all: null,
  smaller: ["done"],
  kept: ["kept"],
  failed: ["failed", "cancelled"],
  open: ["waiting", "working"],
};

const state_rank: Record<ImageState, number> = { failed: 0, cancelled: 1, working: 2, waiting: 3, done: 4, kept: 5 };

/** Saved share of the bytes, 0..1 (negative: grew); null if unknown. */
export const savedShare = (image: Image): number | null => {
  if (image.optimized_size === null || (image.state !== "done" && image.state !== "kept")) return null;
  return image.original_size > 0 ? 1 - image.optimized_size / image.original_size : 0;
};

const name_keys = new WeakMap<Image, string>();

/**
 * Makes plain string order put img2 before img10 and É next to E, at a fraction of a collator's
 * cost.
 */
export const nameKey = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(12, "0"));

const keyOfName = (image: Image): string => {
  let key = name_keys.get(image);
  if (key === undefined) {
    key = nameKey(image.name);
    name_keys.set(image, key);
  }
  return key;
};

/** null: unknown, sorted last in either direction. */
const value = (image: Image, sort: SortKey): number | null => {
  switch (sort) {
    case "before":
      return image.original_size;
    case "after":
      return image.optimized_size;
    case "saved":
      return savedShare(image);
    case "score":
      return image.score;
    case "state":
      return state_rank[image.state];
    case "added":
    case "name":
      return image.index;
  }
};

/** Returns the images to show, in order. Ties stay in the order in which they became known. */
export const arrange = (rows: readonly (Image | undefined)[], how: Arrangement): Image[] => {
  const states = shown[how.filter];
  const text = how.text.trim().toLowerCase();
  const list: Image[] = [];
  for (const image of rows) {
    if (!image) continue;
    if (states && !states.includes(image.state)) continue;
    if (text && !image.name.toLowerCase().includes(text)) continue;
    list.push(image);
  }
  const sign = how.descending ? -1 : 1;
  if (how.sort === "added") return how.descending ? list.reverse() : list;
  if (how.sort === "name") {
    return list.sort((a, b) => {
      const left = keyOfName(a);
      const right = keyOfName(b);
      return left < right ? -sign : left > right ? sign : a.index - b.index;
    });
  }
  const sort = how.sort;
  return list.sort((a, b) => {
    const left = value(a, sort);
    const right = value(b, sort);
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0) || a.index - b.index;
    return sign * (left - right) || a.index - b.index;
  });
};
