import { ApiError, isFinal, request } from "./client";
import { SseParser, type Message } from "./sse";

/** Maximum delay before a retry, in ms. The server is on this machine, so trying is cheap. */
const longest_wait_ms = 3000;
/** The server writes a comment every 15 s; longer silence means that the connection is dead. */
const silence_ms = 40_000;
/** The server answers at once with the changes. */
const answer_ms = 15_000;

export interface Subscription {
  close(): void;
}

/**
 * Follows an event stream with the token in a header, which EventSource cannot send, and resumes
 * where it was when the connection breaks. If the server answers with an error, calls `refused` and
 * ends.
 */
export const follow = (
  path: string,
  since: number,
  tell: (message: Message) => void,
  refused: (error: ApiError) => void,
): Subscription => {
  let open = true;
  let last = String(since);
  let current: AbortController | null = null;

  const once = async () => {
    const controller = new AbortController();
    current = controller;
    const first = setTimeout(() => controller.abort(), answer_ms);
    const response = await request("GET", path, {
      headers: { Accept: "text/event-stream", "Last-Event-ID": last },
      signal: controller.signal,
    }).finally(() => clearTimeout(first));
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    if (!reader) return;
    for (;;) {
      const timer = setTimeout(() => controller.abort(), silence_ms);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      for (const message of parser.push(decoder.decode(value, { stream: true }))) {
        if (message.id !== null) last = message.id;
        if (open) tell(message);
      }
    }
  };

  const run = async () => {
    let wait_ms = 100;
    while (open) {
      const began = Date.now();
      try {
        await once();
      } catch (error) {
        if (error instanceof ApiError && isFinal(error)) {
          if (open) refused(error);
          return;
        }
      }
      if (Date.now() - began > 5000) wait_ms = 100;
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      wait_ms = Math.min(wait_ms * 2, longest_wait_ms);
    }
  };
  void run();
  return {
    close: () => {
      open = false;
      current?.abort();
    },
  };
};
