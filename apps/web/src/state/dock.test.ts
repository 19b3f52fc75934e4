import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job, JobState } from "../api/types";
import { parseEvent } from "./desktop";
import { atWork, justDone, partOf } from "./dock";

const job = (id: string, state: JobState, done: number, waiting: number): Job =>
  ({ id, state, images: done + waiting, counts: { waiting, working: 0, done, kept: 0, failed: 0, cancelled: 0 } }) as Job;

test("the dock shows what is at work, and nothing when nothing is", () => {
  assert.equal(partOf([]), null);
  assert.equal(partOf([job("a", "done", 5, 0), job("b", "interrupted", 1, 4)]), null);
  assert.equal(partOf([job("a", "done", 5, 0), job("b", "running", 1, 3), job("c", "receiving", 1, 3)]), 0.25);
  assert.equal(partOf([job("a", "running", 0, 0)]), 0);
});

test("a job that ends is told of once, one that was stopped is not", () => {
  const before = atWork([job("a", "running", 1, 1), job("b", "running", 1, 1), job("c", "done", 2, 0)]);
  const now = [job("a", "done", 2, 0), job("b", "cancelled", 1, 0), job("c", "done", 2, 0)];
  assert.deepEqual(justDone(before, now).map(({ id }) => id), ["a"]);
  assert.deepEqual(justDone(atWork(now), now), []);
});

test("only what the window says is taken from events", () => {
  const opened = { kind: "opened", places: [{ path: "/a" }, { path: "/b", files: ["c.png"] }] };
  assert.deepEqual(parseEvent(JSON.stringify(opened)), opened);
  assert.deepEqual(parseEvent('{"kind":"saved","path":"/x"}'), { kind: "saved", path: "/x" });
  for (const bad of [undefined, 7, "", "{", "null", "[]", '{"kind":"opened"}', '{"kind":"opened","places":[{"path":1}]}', '{"kind":"opened","places":[{"path":"/a","files":"b"}]}', '{"kind":"saved"}', '{"kind":"else","reason":""}']) {
    assert.equal(parseEvent(bad), null, String(bad));
  }
});
