import assert from "node:assert/strict";
import { test } from "node:test";
import { imageTest, UniqueNames, walk } from "./incoming";

test("a name is given once", () => {
  const names = new UniqueNames();
  assert.deepEqual(["a.png", "a.png", "b/a.png", "a.png", "b.c/a", "b.c/a"].map((name) => names.take(name)), [
    "a.png",
    "a-2.png",
    "b/a.png",
    "a-3.png",
    "b.c/a",
    "b.c/a-2",
  ]);
});

test("only what the server reads is sent", () => {
  const row = { name: "jpeg", read: true, write: true, mime: "image/jpeg", extensions: [".jpg", "jpeg"] };
  const isImage = imageTest({ formats: [row, { ...row, read: false, extensions: ["raw"] }] });
  assert.deepEqual(["a.JPG", "x/b.jpeg", "notes.txt", "x.jpg/readme", "._a.jpg", ".jpg", "c.raw"].map(isImage), [true, true, false, false, false, false, false]);
  assert.ok(imageTest(null)("whatever"));
});

test("folders of any size are walked to their ends", async () => {
  const file = (path: string) => ({ isFile: true, isDirectory: false, name: path.slice(path.lastIndexOf("/") + 1), fullPath: path });
  const folder = (path: string, inside: unknown[]) => ({
    isFile: false,
    isDirectory: true,
    name: path.slice(path.lastIndexOf("/") + 1),
    fullPath: path,
    createReader: () => {
      let at = 0;
      return { readEntries: (give: (some: unknown[]) => void) => give(inside.slice(at, (at += 100))) };
    },
  });
  const many = Array.from({ length: 250 }, (_, at) => file(`/top/sub/${1000 + at}.png`));
  const names: string[] = [];
  for await (const item of walk([folder("/top", [folder("/top/sub", many), file("/top/a.png")])] as unknown as FileSystemEntry[])) names.push(item.name);
  assert.equal(names.length, 251);
  assert.equal(names[0], "top/a.png");
  assert.equal(names[250], "top/sub/1249.png");
});

test("a folder that cannot be read, or says nothing, is told of, and the others are walked", async () => {
  const file = (path: string) => ({ isFile: true, isDirectory: false, name: path, fullPath: path });
  let asked = 0;
  const folder = (path: string, read: (give: (some: unknown[]) => void, fail: (error: unknown) => void) => void) => ({
    isFile: false,
    isDirectory: true,
    name: path,
    fullPath: path,
    createReader: () => ({ readEntries: read }),
  });
  let told = false;
  const entries = [
    folder("/forbidden", (_, fail) => fail(new Error("not allowed"))),
    folder("/silent", () => (asked += 1)),
    folder("/whole", (give) => (give(told ? [] : [file("/whole/a.png")]), (told = true))),
    file("/b.png"),
  ] as unknown as FileSystemEntry[];
  const seen: string[] = [];
  for await (const item of walk(entries, 5)) seen.push("error" in item ? `${item.name}: ${(item.error as Error).message}` : item.name);
  assert.deepEqual(seen, ["forbidden: not allowed", "silent: nothing came for 0 s", "whole/a.png", "b.png"]);
  // Asked twice, because a request may get lost.
  assert.equal(asked, 2);
});
