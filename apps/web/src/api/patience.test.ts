import assert from "node:assert/strict";
import { test } from "node:test";
import { inTime, Late, persistently } from "./patience";

const never = () => new Promise<never>(() => undefined);

test("what comes in time comes, with its errors", async () => {
  assert.equal(await inTime(10_000, () => Promise.resolve(7)), 7);
  assert.equal(await inTime(Infinity, () => Promise.resolve(8)), 8);
  await assert.rejects(inTime(10_000, () => Promise.reject(new TypeError("no"))), TypeError);
});

test("what never comes is given up, and told so", async () => {
  let told: AbortSignal | undefined;
  const late = inTime(5, (signal) => {
    told = signal;
    return never();
  });
  await assert.rejects(late, Late);
  assert.ok(told?.aborted);
});

test("who does not want it any more ends it", async () => {
  const outer = new AbortController();
  const work = inTime(10_000, (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ended")))), outer.signal);
  outer.abort();
  await assert.rejects(work, /ended/);
  await inTime(10_000, (signal) => (assert.ok(signal.aborted), Promise.resolve()), outer.signal);
});

test("what got lost is asked for again, what was refused is not", async () => {
  let asked = 0;
  assert.equal(await persistently(3, 5, () => ((asked += 1) < 3 ? never() : Promise.resolve(asked))), 3);
  asked = 0;
  await assert.rejects(persistently(3, 5, () => ((asked += 1), never())), Late);
  assert.equal(asked, 3);
  asked = 0;
  await assert.rejects(persistently(3, 5, () => ((asked += 1), Promise.reject(new TypeError("no")))), TypeError);
  assert.equal(asked, 1);
});
