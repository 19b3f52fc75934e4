import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image, Settings } from "../api/types";
import { ownSettings } from "./own";

const image = (settings: Settings | null) => ({ settings }) as Image;

test("settings of images are those of all, of some, or of none", () => {
  assert.deepEqual(ownSettings([]), { all: null, count: 0 });
  assert.deepEqual(ownSettings([image(null), undefined, image(null)]), { all: null, count: 0 });
  assert.deepEqual(ownSettings([image({ target: 70 }), undefined, image({ target: 70 })]), { all: { target: 70 }, count: 0 });
  assert.deepEqual(ownSettings([image({ target: 70 }), image({ target: 71 })]), { all: null, count: 2 });
  assert.deepEqual(ownSettings([image({ target: 70 }), image(null)]), { all: null, count: 1 });
});
