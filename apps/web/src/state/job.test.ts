import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job } from "../api/types";
import { OpenJob } from "./job";

const json = (value: unknown) => new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json" } });
const inState = (state: Job["state"]) => ({ id: "a", state, images: 1 }) as Job;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A fake server whose answers and events are triggered by the test. */
const pretend = () => {
  let events: ReadableStreamDefaultController<Uint8Array> | null = null;
  const answers: ((response: Response) => void)[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (path, init) => {
    if (init?.method === "POST") return new Promise((resolve) => answers.push(resolve));
    if (String(path).includes("/images")) return Promise.resolve(json({ images: [], sequence: 0 }));
    if (!String(path).endsWith("/events")) return Promise.resolve(json(inState("done")));
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      events = controller;
      init?.signal?.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
    };
    return Promise.resolve(new Response(new ReadableStream<Uint8Array>({ start })));
  };
  return {
    tell: async (job: Job) => {
      events?.enqueue(new TextEncoder().encode(`event: job\ndata: ${JSON.stringify(job)}\n\n`));
      await settled();
    },
    answer: (job: Job) => answers.shift()?.(json(job)),
    end: () => (globalThis.fetch = real),
  };
};

const opened = async () => {
  const job = new OpenJob("a");
  while (!job.loaded.value) await settled();
  await settled();
  return job;
};

test("an answer that comes late does not undo what was told meanwhile", async () => {
  const server = pretend();
  const job = await opened();
  const retry = job.retry([0]);
  await server.tell(inState("running"));
  await server.tell(inState("done"));
  server.answer(inState("running"));
  await retry;
  assert.equal(job.job.value?.state, "done");
  job.close();
  server.end();
});

test("an answer is believed as long as nothing else was told", async () => {
  const server = pretend();
  const job = await opened();
  const cancel = job.act("cancel");
  server.answer(inState("cancelled"));
  await cancel;
  assert.equal(job.job.value?.state, "cancelled");
  await server.tell(inState("running"));
  assert.equal(job.job.value?.state, "running");
  job.close();
  server.end();
});
