import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../api/types";
import { statisticsOf } from "./statistics";

const image = (index: number, optimized_size: number, state: "done" | "kept" | "failed", score: number | null): Image =>
  ({ index, state, original_size: 1000, optimized_size: state === "failed" ? null : optimized_size, score }) as Image;

test("everything that was finished is in one bin of savings", () => {
  const rows = [image(0, 1000, "kept", 100), image(1, 0, "done", 80), image(2, 899, "done", 79.9), image(3, 1500, "done", -3), undefined, image(4, 1, "failed", null)];
  const { savings, scores, best, kept } = statisticsOf(rows);
  assert.deepEqual(savings.map((bin) => bin.count), [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal(scores.reduce((sum, bin) => sum + bin.count, 0), 4);
  assert.equal(scores.find((bin) => bin.from === 80)?.count, 1);
  assert.equal(scores.find((bin) => bin.from === 75)?.count, 1);
  assert.deepEqual(best.map((row) => row.index), [1, 2]);
  assert.deepEqual(kept.map((row) => row.index), [0]);
});

test("the best are the largest savings of all, in order", () => {
  const rows = Array.from({ length: 300 }, (_, index) => image(index, (index * 7919) % 1000, "done", null));
  const expected = [...rows].sort((a, b) => (a.optimized_size ?? 0) - (b.optimized_size ?? 0)).slice(0, 10);
  assert.deepEqual(statisticsOf(rows).best.map((row) => row.optimized_size), expected.map((row) => row.optimized_size));
});
