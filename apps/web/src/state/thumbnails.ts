import { useEffect, useState } from "preact/hooks";
import { blob } from "../api/client";

/** Thumbnails are small (some 3 kB); this many are kept in addition to the visible ones. */
const most_kept = 400;
/** A browser opens six connections to a server; uploads and events need theirs. */
const most_at_once = 2;
/** Time limit for a thumbnail, so that it does not block others, in ms. */
const most_waiting_ms = 300_000;
/** Rows that are visible for less than this request nothing, in ms. */
const settle_ms = 80;

interface Entry {
  url: string;
  users: number;
}

/** Insertion order is the order of last use. */
const kept = new Map<string, Entry>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

const trim = () => {
  for (const [path, entry] of kept) {
    if (kept.size <= most_kept) return;
    if (entry.users > 0) continue;
    URL.revokeObjectURL(entry.url);
    kept.delete(path);
  }
};

const pump = () => {
  while (running < most_at_once) {
    // Last in, first out: the latest request is for a visible row.
    const next = waiting.pop();
    if (!next) return;
    running += 1;
    void next().finally(() => {
      running -= 1;
      pump();
    });
  }
};

/**
 * Requests since the last tick, and since the one before: one timer for all rows instead of one
 * each.
 */
let fresh = new Set<() => Promise<void>>();
let older = new Set<() => Promise<void>>();
let turn: ReturnType<typeof setTimeout> | null = null;

const next_turn = () => {
  waiting.push(...older);
  older = fresh;
  fresh = new Set();
  turn = older.size > 0 ? setTimeout(next_turn, settle_ms) : null;
  pump();
};

const want = (job: () => Promise<void>) => {
  fresh.add(job);
  turn ??= setTimeout(next_turn, settle_ms);
};

const forget = (job: () => Promise<void>) => {
  if (fresh.delete(job) || older.delete(job)) return;
  const at = waiting.indexOf(job);
  if (at >= 0) waiting.splice(at, 1);
};

/**
 * Calls `take` with the address of a thumbnail once it is loaded, or with "none" if there is none.
 * The address stays valid until the returned function is called. `hurried`: even a cached thumbnail
 * is only delivered once the row is at rest.
 */
export const wantThumbnail = (path: string, hurried: boolean, take: (url: string) => void): (() => void) => {
  let controller: AbortController | null = null;
  let gone = false;
  let held: Entry | null = null;
  const hold = (entry: Entry) => {
    held = entry;
    entry.users += 1;
    kept.delete(path);
    kept.set(path, entry);
    take(entry.url);
  };
  const job = async () => {
    const here = kept.get(path);
    if (here) {
      if (!gone) hold(here);
      return;
    }
    controller = new AbortController();
    try {
      const entry = { url: URL.createObjectURL(await blob(path, controller.signal, most_waiting_ms)), users: 0 };
      kept.set(path, entry);
      if (!gone) hold(entry);
      trim();
    } catch {
      if (!gone) take("none");
    }
  };
  const known = kept.get(path);
  if (known && !hurried) hold(known);
  else want(job);
  return () => {
    gone = true;
    if (controller) controller.abort();
    else if (!held) forget(job);
    if (held) held.users -= 1;
  };
};

/** The address of a thumbnail once it is loaded; "none" if there is none; null while unknown. */
export const useThumbnail = (path: string | null): string | null => {
  const [state, set] = useState<{ path: string; url: string } | null>(null);
  useEffect(() => (path === null ? undefined : wantThumbnail(path, false, (url) => set({ path, url }))), [path]);
  return state && state.path === path ? state.url : null;
};

/** Fetches one picture with the token and keeps it as long as the component lives. */
export const usePicture = (path: string | null): { url: string | null; error: unknown } => {
  const [state, set] = useState<{ path: string | null; url: string | null; error: unknown }>({ path: null, url: null, error: null });
  useEffect(() => {
    if (path === null) return undefined;
    const controller = new AbortController();
    let url: string | null = null;
    blob(path, controller.signal).then(
      (bytes) => {
        url = URL.createObjectURL(bytes);
        if (controller.signal.aborted) URL.revokeObjectURL(url);
        else set({ path, url, error: null });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) set({ path, url: null, error });
      },
    );
    return () => {
      controller.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [path]);
  return state.path === path ? state : { url: null, error: null };
};
