import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Incoming, Unreadable } from "./incoming";
import type { Uploads } from "./uploads";

/** A minimal server: its answers to uploads, and the requests it got. */
let asked: string[] = [];
let answer: (path: string, tries: number) => number = () => 201;
let state = "receiving";
const tries = new Map<string, number>();

class FakeRequest {
  upload = { onprogress: null };
  status = 0;
  responseText = "";
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  private path = "";
  open(_method: string, path: string) {
    this.path = decodeURIComponent(path.split("name=")[1] ?? "");
  }
  setRequestHeader() {}
  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
  send() {
    const nth = (tries.get(this.path) ?? 0) + 1;
    tries.set(this.path, nth);
    asked.push(this.path);
    this.status = answer(this.path, nth);
    const code = this.status === 409 ? "conflict" : "disk_full";
    this.responseText = JSON.stringify({ error: { code, message: "no", advice: "" } });
    queueMicrotask(() => {
      if (this.status === 0) this.onerror?.();
      else this.onload?.();
      this.onloadend?.();
    });
  }
}

Object.assign(globalThis, {
  addEventListener: () => undefined,
  XMLHttpRequest: FakeRequest,
  fetch: (path: string) => {
    if (path.endsWith("/complete")) asked.push("complete");
    const body = path === "/api/info" ? { formats: [], limits: { max_job_files: 1000 } } : { state };
    return Promise.resolve(new Response(JSON.stringify(body)));
  },
});
const { Uploads: Sender } = await import("./uploads");
const { connection, info } = await import("./session");

beforeEach(() => {
  asked = [];
  tries.clear();
  answer = () => 201;
  state = "receiving";
  connection.value = "online";
  info.value = null;
});

/** Node 18 has no global File. */
const bytes = () => Promise.resolve(new Blob(["bytes"]) as File);
const file = (name: string, open = bytes): Incoming => ({ name, file: open });
async function* source(...items: (Incoming | Unreadable)[]) {
  yield* items;
}
/** Sends everything; resolves when the sender has finished. */
const sent = (given: AsyncIterable<Incoming | Unreadable>, patience_ms = 10_000): Promise<Uploads> =>
  new Promise((resolve) => {
    const sender: Uploads = new Sender("j", () => resolve(sender), patience_ms);
    sender.add(given);
  });
const refusals = (sender: Uploads) => sender.state.value.refusals.map(({ name, code }) => `${name} ${code}`);

test("everything goes, and then the job is complete", async () => {
  const sender = await sent(source(...Array.from({ length: 9 }, (_, at) => file(`${at}.png`))));
  assert.deepEqual(asked.slice(0, -1).sort(), Array.from({ length: 9 }, (_, at) => `${at}.png`));
  assert.equal(asked.at(-1), "complete");
  const { found, settled, refused, walking } = sender.state.value;
  assert.deepEqual({ found, settled, refused, walking }, { found: 9, settled: 9, refused: 0, walking: false });
});

test("a source that breaks ends with what it has given, and says so", async () => {
  async function* broken() {
    yield file("a.png");
    throw new Error("the folder went away");
  }
  const sender = await sent(broken());
  assert.deepEqual(asked, ["a.png", "complete"]);
  assert.deepEqual(sender.state.value.refusals, [{ name: "", code: "unreadable", message: "the folder went away", advice: "" }]);
  const sender_of_folders = await sent(source({ name: "locked", error: new Error("not allowed") }, file("b.png")));
  assert.deepEqual(refusals(sender_of_folders), ["locked unreadable"]);
  assert.deepEqual(asked.slice(2), ["b.png", "complete"]);
});

test("a file that never opens is asked for again, and then left out", async () => {
  let opened = 0;
  const never = file("never.png", () => ((opened += 1), new Promise<File>(() => undefined)));
  const slow = file("slow.png", () => ((opened += 10), opened < 15 ? new Promise<File>(() => undefined) : bytes()));
  const sender = await sent(source(never, file("a.png"), slow), 20);
  assert.deepEqual(refusals(sender), ["never.png unreadable"]);
  assert.equal(opened % 10, 2);
  assert.deepEqual(asked.slice(0, -1).sort(), ["a.png", "slow.png"]);
  assert.equal(asked.at(-1), "complete");
});

test("a file of which some cannot be read is no lost connection for ever", async () => {
  answer = (name) => (name === "torn.png" ? 0 : 201);
  class Torn extends Blob {
    override slice(from?: number, to?: number) {
      const part = super.slice(from, to);
      if ((to ?? 0) > 1) part.arrayBuffer = () => Promise.reject(new Error("bad sector"));
      return part;
    }
  }
  const online = setInterval(() => (connection.value = "online"), 5);
  const sender = await sent(source(file("torn.png", () => Promise.resolve(new Torn(["bytes"]) as File)), file("a.png")));
  clearInterval(online);
  assert.deepEqual(refusals(sender), ["torn.png unreadable"]);
  assert.equal(tries.get("torn.png"), 3);
  assert.equal(sender.state.value.refusals[0]?.message, "bad sector");
});

test("a name that is taken after a loss had come through", async () => {
  answer = (name, nth) => (name === "a.png" ? (nth === 1 ? 0 : 409) : 201);
  const online = setInterval(() => (connection.value = "online"), 5);
  const sender = await sent(source(file("a.png")));
  clearInterval(online);
  assert.equal(sender.state.value.refused, 0);
  assert.deepEqual(asked, ["a.png", "a.png", "complete"]);
});

test("when the job takes no more, all that waits is told of", async () => {
  answer = () => {
    state = "interrupted";
    return 409;
  };
  async function* slow() {
    for (let at = 0; at < 9; at += 1) {
      if (at > 6) await new Promise((resolve) => setTimeout(resolve, 5));
      yield file(`${at}.png`);
    }
  }
  const sender = await sent(slow());
  assert.equal(sender.state.value.refused, 9);
  assert.ok(!sender.open);
  assert.ok(!asked.includes("complete"));
});

test("more for a sender that has given up is sent by another", async () => {
  const { addUploads, uploads } = await import("./uploads");
  answer = () => 507;
  addUploads("k", source(file("a.png")));
  const first = uploads.value.get("k");
  while (first?.open) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(first?.state.value.refused, 1);
  answer = () => 201;
  addUploads("k", source(file("a.png")));
  assert.notEqual(uploads.value.get("k"), first);
  while (uploads.value.has("k")) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(asked, ["a.png", "a.png", "complete"]);
});
