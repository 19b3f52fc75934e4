import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOfFile, leftOutOf } from "./leftout";

test("a file's kind is its extension, or that it has none", () => {
  assert.equal(kindOfFile("a/b.c/Notes.TXT"), "txt");
  assert.equal(kindOfFile("a.b/README"), "extensionless file");
  assert.equal(kindOfFile("ends.with."), "extensionless file");
  assert.equal(kindOfFile("a/.DS_Store"), "hidden file");
});

test("what the server and the page left out is counted together, most first", () => {
  const there = { files: 3, kinds: [{ kind: "txt", count: 2 }, { kind: "hidden folder", count: 1 }] };
  assert.deepEqual(leftOutOf(there, new Map([["hidden folder", 4]])), {
    files: 7,
    kinds: [{ kind: "hidden folder", count: 5 }, { kind: "txt", count: 2 }],
  });
  assert.deepEqual(leftOutOf({ files: 0, kinds: [] }, new Map()), { files: 0, kinds: [] });
});
