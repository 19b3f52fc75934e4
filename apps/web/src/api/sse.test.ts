import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser, type Message } from "./sse";

const stream =
  ": hello\n\nevent: images\nid: 7\ndata: {\"a\":1}\n\nevent: job\r\ndata: one\r\ndata: two\r\n\r\ndata:bare\n\nid: 9\n\n";
const expected: Message[] = [
  { event: "images", data: '{"a":1}', id: "7" },
  { event: "job", data: "one\ntwo", id: null },
  { event: "message", data: "bare", id: null },
];

test("the same messages come out wherever the stream is cut", () => {
  for (let first = 0; first <= stream.length; first += 1) {
    for (const step of [1, 3, stream.length]) {
      const parser = new SseParser();
      const messages = parser.push(stream.slice(0, first));
      for (let at = first; at < stream.length; at += step) messages.push(...parser.push(stream.slice(at, at + step)));
      assert.deepEqual(messages, expected);
    }
  }
});

test("what has not ended is not told", () => {
  assert.deepEqual(new SseParser().push("event: job\ndata: half\n"), []);
});
