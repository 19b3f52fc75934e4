import assert from "node:assert/strict";
import { test } from "node:test";

const kept = new Map<string, string>();
Object.defineProperty(globalThis, "localStorage", {
  configurable: true,
  value: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) },
});
const { forgetSent, missingOf, noteSent } = await import("./sent");

test("what was to be sent and has not arrived is known by name, until it is forgotten", async () => {
  noteSent("a", ["x.png", "y.png", "z.png"]);
  noteSent("b", ["other.png"]);
  assert.deepEqual(await missingOf("a", ["y.png", "w.png"]), ["x.png", "z.png"]);
  assert.deepEqual(await missingOf("a", ["x.png", "y.png", "z.png"]), []);
  assert.deepEqual(await missingOf("c", []), []);
  forgetSent("a");
  assert.deepEqual(await missingOf("a", []), []);
  assert.deepEqual(await missingOf("b", []), ["other.png"]);
});

test("nothing is missing while another page is still sending", async () => {
  noteSent("a", ["x.png"]);
  const held: { name: string }[] = [{ name: "imgmill.sent.a" }];
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { locks: { query: () => Promise.resolve({ held }) } } });
  assert.deepEqual(await missingOf("a", []), []);
  held.length = 0;
  assert.deepEqual(await missingOf("a", []), ["x.png"]);
});

test("what storage holds is believed only when it is a list of names", async () => {
  kept.set("imgmill.sent.d", '{"x": 1}');
  assert.deepEqual(await missingOf("d", []), []);
  kept.set("imgmill.sent.d", "[1, 2]");
  assert.deepEqual(await missingOf("d", []), []);
});
