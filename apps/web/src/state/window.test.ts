import assert from "node:assert/strict";
import { test } from "node:test";
import { visibleRows } from "./window";

test("every row that can be seen is drawn, and never more than the viewport holds", () => {
  for (const rows of [0, 1, 7, 10_000]) {
    for (let top = 900; top > -64 * rows - 900; top -= Math.max(37, rows)) {
      const { first, count } = visibleRows(rows, 64, top, 800, 4);
      assert.ok(count <= 800 / 64 + 2 + 8, `${count}`);
      assert.ok(first >= 0 && first + count <= rows);
      for (let row = 0; row < rows; row += Math.max(1, Math.floor(rows / 500))) {
        const from = top + row * 64;
        if (from < 800 && from + 64 > 0) assert.ok(row >= first && row < first + count, `row ${row} at ${top}`);
      }
    }
  }
});
