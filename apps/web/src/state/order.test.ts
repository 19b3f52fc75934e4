import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../api/types";
import { arrange, as_added, nameKey, savedShare } from "./order";

const image = (index: number, some: Partial<Image>): Image => ({
  index,
  name: `${index}.png`,
  state: "done",
  sequence: index,
  original_size: 100,
  optimized_size: 50,
  input_format: "png",
  format: "png",
  output_name: null,
  width: 1,
  height: 1,
  frames: 1,
  score: 90,
  target: 80,
  quality: null,
  decision: null,
  elapsed_ms: 1,
  error: null,
  notes: [],
  settings: null,
  ...some,
});
const rows = [
  image(0, { name: "img10.png", optimized_size: 90, score: null }),
  image(1, { name: "Img2.png", optimized_size: 10, score: 81 }),
  image(2, { name: "Éclair.png", state: "kept", optimized_size: 100, score: 100 }),
  undefined,
  image(4, { name: "bad.png", state: "failed", optimized_size: null, score: null }),
];
const indices = (how: Partial<typeof as_added>) => arrange(rows, { ...as_added, ...how }).map((row) => row.index);

test("sorted by what was asked, the unknown last either way", () => {
  assert.deepEqual(indices({}), [0, 1, 2, 4]);
  assert.deepEqual(indices({ descending: true }), [4, 2, 1, 0]);
  assert.deepEqual(indices({ sort: "saved" }), [2, 0, 1, 4]);
  assert.deepEqual(indices({ sort: "saved", descending: true }), [1, 0, 2, 4]);
  assert.deepEqual(indices({ sort: "score" }), [1, 2, 0, 4]);
  assert.deepEqual(indices({ sort: "score", descending: true }), [2, 1, 0, 4]);
  assert.deepEqual(indices({ sort: "state" })[0], 4);
});

test("names are sorted as people do", () => {
  assert.deepEqual(indices({ sort: "name" }), [4, 2, 1, 0]);
  assert.ok(nameKey("a9") < nameKey("a10"));
});

test("filters and search go together", () => {
  assert.deepEqual(indices({ filter: "failed" }), [4]);
  assert.deepEqual(indices({ filter: "kept" }), [2]);
  assert.deepEqual(indices({ text: "IMG", filter: "smaller" }), [0, 1]);
  assert.deepEqual(indices({ text: "nothing like it" }), []);
});

test("an empty file has saved nothing, an open one is unknown", () => {
  assert.equal(savedShare(image(0, { original_size: 0, optimized_size: 0 })), 0);
  assert.equal(savedShare(image(0, { state: "waiting", optimized_size: null })), null);
});
