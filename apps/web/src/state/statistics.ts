import type { Image } from "../api/types";
import { savedShare } from "./order";

export interface Bin {
  /** From (inclusive) to (exclusive; inclusive in the last bin). */
  from: number;
  to: number;
  count: number;
}

export interface Statistics {
  /** Ten bins of 10 percent each; outputs that grew count as 0. */
  savings: Bin[];
  /** Scores of lossy outputs. */
  scores: Bin[];
  best: Image[];
  kept: Image[];
}

const score_edges = [0, 50, 60, 65, 70, 75, 80, 85, 90, 95, 100];

const bins = (edges: readonly number[]): Bin[] =>
  edges.slice(1).map((to, at) => ({ from: edges[at] ?? 0, to, count: 0 }));

const put = (into: Bin[], value: number) => {
  const last = into[into.length - 1];
  const bin = into.find((row) => value < row.to) ?? last;
  if (bin) bin.count += 1;
};

export const statisticsOf = (rows: readonly (Image | undefined)[], most = 10): Statistics => {
  const savings = bins([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  const scores = bins(score_edges);
  const best: { image: Image; saved: number }[] = [];
  const kept: Image[] = [];
  for (const image of rows) {
    const share = image && savedShare(image);
    if (!image || share === null || share === undefined) continue;
    put(savings, Math.max(0, share));
    if (image.score !== null) put(scores, Math.max(0, image.score));
    const saved = image.original_size - (image.optimized_size ?? 0);
    if (image.state === "kept") {
      if (kept.length < most) kept.push(image);
    } else if (saved > 0 && (best.length < most || saved > (best[best.length - 1]?.saved ?? 0))) {
      best.push({ image, saved });
      best.sort((a, b) => b.saved - a.saved);
      best.length = Math.min(best.length, most);
    }
  }
  return { savings, scores, best: best.map((row) => row.image), kept };
};
