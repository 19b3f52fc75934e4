import assert from "node:assert/strict";
import { test } from "node:test";
import type { Settings, Variant } from "../api/types";
import { keyOf, settingsFor, variants_kept, withTried } from "./trial";

const job: Settings = { target: 80, spareLossless: true, outputFormat: "webp", resize: { mode: "longest", size: 900 }, keep: "none", animation: "keep" };

test("a trial changes what it is about, and nothing else", () => {
  assert.deepEqual(settingsFor(job, { format: "avif", target: 70, still: false }), {
    target: 70,
    outputFormat: "avif",
    resize: { mode: "longest", size: 900 },
    keep: "none",
    animation: "keep",
  });
  assert.deepEqual(settingsFor({ target: 80 }, { format: "original", target: null, still: true }), { lossless: true, animation: "first-frame" });
  assert.deepEqual(settingsFor({ lossless: true }, { format: "png", target: 60, still: false }), { outputFormat: "png", target: 60 });
  assert.equal(job.target, 80);
});

test("only what the server still has is remembered", () => {
  let tried: ReadonlyMap<string, Variant> = new Map();
  const trial = (target: number) => ({ format: "webp", target, still: false }) as const;
  for (let target = 50; target < 50 + variants_kept + 2; target += 1) tried = withTried(tried, trial(target), { variant: target } as Variant);
  assert.equal(tried.size, variants_kept);
  assert.ok(!tried.has(keyOf(trial(51))) && tried.has(keyOf(trial(52))));
  // A repeated trial becomes the most recent.
  tried = withTried(tried, trial(52), { variant: 1 } as Variant);
  tried = withTried(tried, trial(99), { variant: 2 } as Variant);
  assert.equal(tried.get(keyOf(trial(52)))?.variant, 1);
  assert.ok(!tried.has(keyOf(trial(53))));
});
