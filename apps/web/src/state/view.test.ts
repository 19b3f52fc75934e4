import assert from "node:assert/strict";
import { test } from "node:test";
import { fitView, hold, inPane, paneOf, zoomAt } from "./view";

const stage = { width: 800, height: 600 };

test("a large picture fits, a small one is not blown up beyond its pixels", () => {
  const large = fitView(stage, { width: 8000, height: 3000 }, 1);
  assert.ok(large.x >= 0 && large.y >= 0);
  assert.ok(large.x * 2 + 8000 * large.scale <= 800 + 1e-9);
  assert.equal(fitView(stage, { width: 400, height: 300 }, 2).scale, 0.5);
  assert.equal(fitView(stage, { width: 400, height: 300 }, 1).scale, 1);
  assert.equal(fitView(stage, { width: 8, height: 8 }, 1).scale % 1, 0);
  assert.ok(fitView(stage, { width: 8, height: 8 }, 1).scale > 8);
});

test("zooming keeps what is under the pointer", () => {
  const before = { x: 12, y: -40, scale: 0.7 };
  const at = { x: 333, y: 222 };
  const after = zoomAt(before, at, 3.5);
  assert.ok(Math.abs((at.x - before.x) / before.scale - (at.x - after.x) / after.scale) < 1e-9);
  assert.ok(Math.abs((at.y - before.y) / before.scale - (at.y - after.y) / after.scale) < 1e-9);
});

test("a picture cannot be dragged out of sight", () => {
  const picture = { width: 1000, height: 10 };
  for (const x of [-1e6, 0, 1e6]) {
    const held = hold({ x, y: x, scale: 1 }, stage, picture);
    assert.ok(held.x < stage.width && held.x + picture.width > 0);
    assert.ok(held.y < stage.height && held.y + picture.height > 0);
  }
});

test("two pictures share the stage along its longer side, and a point is told in its own half", () => {
  assert.deepEqual(paneOf(stage, false), stage);
  assert.deepEqual(paneOf(stage, true), { width: 400, height: 600 });
  assert.deepEqual(paneOf({ width: 300, height: 500 }, true), { width: 300, height: 250 });
  assert.deepEqual(inPane({ x: 30, y: 500 }, { width: 400, height: 600 }), { x: 30, y: 500 });
  assert.deepEqual(inPane({ x: 430, y: 20 }, { width: 400, height: 600 }), { x: 30, y: 20 });
  assert.deepEqual(inPane({ x: 10, y: 260 }, { width: 300, height: 250 }), { x: 10, y: 10 });
});
