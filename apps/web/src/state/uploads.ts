import { signal } from "@preact/signals";
import { ApiError, get, isFinal, send, upload } from "../api/client";
import { persistently } from "../api/patience";
import type { Job, Settings } from "../api/types";
import { imageTest, UniqueNames, type Given, type Incoming } from "./incoming";
import type { Said } from "../i18n/reasons";
import { kindOfFile } from "./leftout";
import { forgetSent, noteSent, whileSending } from "./sent";
import { connection, info } from "./session";

const lanes = 4;
const tries_when_busy = 20;
/** A file that gets stuck this often, while other requests are answered, is given up. */
const tries_when_stuck = 4;
/**
 * After this many lost connections the file is read completely: an unreadable file looks the same.
 */
const losses_until_read = 3;
const piece_bytes = 8 << 20;
/** Time limit for the first byte of a file before it is requested again, in ms. */
const file_ms = 10_000;
const most_told = 100;

export interface Refusal extends Said {
  name: string;
}

export interface UploadState {
  /** Files found that are images by their name. */
  found: number;
  /** Files that were sent or refused. */
  settled: number;
  /** Bytes sent of files that have not settled. */
  partial: number;
  /** Files that are not images by their name, counted by kind. */
  left_out: ReadonlyMap<string, number>;
  refused: number;
  /** The first refusals, with their reasons. */
  refusals: Refusal[];
  walking: boolean;
}

const pause_ms = 500;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const online = () =>
  new Promise<void>((resolve) => {
    const stop = connection.subscribe((state) => {
      if (state !== "online") return;
      resolve();
      queueMicrotask(() => stop());
    });
  });

const unreadable = (error: unknown): Said => ({ code: "unreadable", message: error instanceof Error ? error.message : String(error), advice: "" });

/** True if a retry makes sense as soon as the server answers. */
const isLost = ({ status }: ApiError): boolean => status === 0 || status === 503 || status === 401;

/** Throws if any part of a file cannot be read. */
const readThrough = async (file: Blob): Promise<void> => {
  for (let at = 0; at < file.size; at += piece_bytes) await file.slice(at, at + piece_bytes).arrayBuffer();
};

/**
 * Sends files to one job, a few at a time. Files are read only when it is their turn, so that ten
 * thousand of them need no more memory than ten.
 */
export class Uploads {
  readonly state = signal<UploadState>({ found: 0, settled: 0, partial: 0, left_out: new Map(), refused: 0, refusals: [], walking: true });
  private readonly stop = new AbortController();
  private readonly names = new UniqueNames();
  private readonly queue: Incoming[] = [];
  private readonly partial = new Map<string, number>();
  private wake: (() => void)[] = [];
  private sources = 0;
  private closed_by: Said | null = null;
  /** All files to send, recorded for later pages. */
  private readonly all: string[] = [];
  private active = 0;

  constructor(
    readonly job: string,
    private readonly finished: () => void,
    private readonly patience_ms = file_ms,
  ) {}

  /** True if it accepts more files. */
  get open(): boolean {
    return !this.stop.signal.aborted;
  }

  add(source: Given): void {
    this.sources += 1;
    this.set({ walking: true });
    void this.walk(source);
    for (let more = lanes - this.active; more > 0; more -= 1) void this.lane();
  }

  cancel(): void {
    this.stop.abort();
    this.queue.length = 0;
    this.set({ found: this.state.value.settled, walking: false });
    this.rouse();
  }

  /** The job accepts no more files: refuses all waiting files, and those still to be found. */
  private close(why: Said): void {
    if (!this.open) return;
    this.closed_by = why;
    for (const { name } of this.queue) this.refuse(name, why);
    this.cancel();
  }

  private set(some: Partial<UploadState>): void {
    this.state.value = { ...this.state.value, ...some };
  }

  private rouse(): void {
    const wake = this.wake;
    this.wake = [];
    for (const call of wake) call();
  }

  private async walk(source: Given): Promise<void> {
    const isImage = imageTest(info.value);
    const limit = info.value?.limits.max_job_files ?? Infinity;
    let found = 0;
    let ignored = 0;
    const left_out = new Map<string, number>();
    let told = false;
    const tell = () => {
      if (!this.open) return;
      told = true;
      const state = this.state.value;
      const all = new Map(state.left_out);
      for (const [kind, count] of left_out) all.set(kind, (all.get(kind) ?? 0) + count);
      this.set({ found: state.found + found, left_out: all });
      noteSent(this.job, this.all);
      found = 0;
      ignored = 0;
      left_out.clear();
      this.rouse();
    };
    try {
      for await (const item of source) {
        if (!this.open && !this.closed_by) break;
        if ("error" in item) this.refuse(item.name, unreadable(item.error));
        else if (!isImage(item.name) || this.state.value.found + found >= limit) {
          const kind = kindOfFile(item.name);
          left_out.set(kind, (left_out.get(kind) ?? 0) + 1);
          ignored += 1;
        } else if (this.closed_by) this.refuse(item.name, this.closed_by);
        else {
          const name = this.names.take(item.name);
          this.all.push(name);
          this.queue.push({ ...item, name });
          found += 1;
        }
        if ((found === 1 && !told) || found + ignored >= 200) tell();
      }
    } catch (error) {
      // Files found before the error are still sent.
      this.refuse("", unreadable(error));
    }
    tell();
    this.sources -= 1;
    if (this.sources === 0) this.set({ walking: false });
    this.rouse();
  }

  private async lane(): Promise<void> {
    this.active += 1;
    for (;;) {
      const item = this.queue.shift();
      if (item) {
        await this.one(item);
        this.progress(item.name, null);
        if (this.open) this.set({ settled: this.state.value.settled + 1 });
      } else if (this.sources > 0 && (this.open || this.closed_by)) {
        await new Promise<void>((resolve) => this.wake.push(resolve));
      } else break;
    }
    this.active -= 1;
    if (this.active > 0) return;
    // Files that were not sent have been reported.
    forgetSent(this.job);
    for (let tries = 0; this.open && tries < tries_when_busy; ) {
      try {
        await send<Job>("POST", `/api/jobs/${this.job}/complete`);
        break;
      } catch (error) {
        if (!(error instanceof ApiError) || isFinal(error)) break;
        if (isLost(error)) await online();
        else tries += 1;
        await sleep(pause_ms);
      }
    }
    this.finished();
  }

  /**
   * True if the job still accepts files; another tab, or the end of the server, may have closed it.
   */
  private async receives(): Promise<boolean> {
    const job = await get<Job>(`/api/jobs/${this.job}`).catch(() => null);
    return job?.state === "receiving";
  }

  private refuse(name: string, { code, message, advice }: Said): void {
    const { refused, refusals } = this.state.value;
    this.set({ refused: refused + 1, refusals: refused < most_told ? [...refusals, { name, code, message, advice }] : refusals });
  }

  private progress(name: string, bytes: number | null): void {
    if (bytes === null) this.partial.delete(name);
    else this.partial.set(name, bytes);
    let partial = 0;
    for (const value of this.partial.values()) partial += value;
    this.set({ partial });
  }

  /** Sends one file, or reports why it was not sent. */
  private async one(item: Incoming): Promise<void> {
    const path = `/api/jobs/${this.job}/files?name=${encodeURIComponent(item.name)}`;
    let losses = 0;
    let stuck = 0;
    for (let busy = 0; this.open; ) {
      try {
        // Sending a deleted file looks like a lost connection; reading it first gives the real
        // error.
        const file = await persistently(2, this.patience_ms, async () => {
          const given = await item.file();
          await given.slice(0, 1).arrayBuffer();
          return given;
        });
        if (losses >= losses_until_read) await readThrough(file);
        await upload(path, file, (bytes) => this.progress(item.name, bytes), this.stop.signal);
        return;
      } catch (error) {
        this.progress(item.name, null);
        if (!this.open) break;
        if (!(error instanceof ApiError)) return this.refuse(item.name, unreadable(error));
        if (isLost(error)) {
          losses += 1;
          await online();
          if (error.code !== "request_timeout") continue;
          // If nothing else gets through either, the file is not at fault.
          stuck += (await this.receives()) ? 1 : 0;
          if (stuck >= tries_when_stuck) return this.refuse(item.name, error);
        } else if ((error.status === 408 || error.status === 429) && busy < tries_when_busy) {
          busy += 1;
          await sleep(pause_ms);
        } else {
          const takes_more = error.code !== "conflict" || (await this.receives());
          // A name conflict after a lost connection: the file had arrived after all.
          if (error.code === "conflict" && losses > 0 && takes_more) return;
          this.refuse(item.name, error);
          if (!takes_more || error.status === 404 || error.status === 507) this.close(error);
          return;
        }
      }
    }
    if (this.closed_by) this.refuse(item.name, this.closed_by);
  }
}

/**
 * The uploads of this tab, by job. Another tab, or this one after a reload, has no files to send.
 */
export const uploads = signal<ReadonlyMap<string, Uploads>>(new Map());

const begin = (job: string): Uploads => {
  let end: () => void = () => undefined;
  whileSending(job, new Promise<void>((resolve) => (end = resolve)));
  const started = new Uploads(job, () => {
    end();
    const rest = new Map(uploads.value);
    // Refusals still have to be shown.
    if (started.state.value.refused === 0 && started.state.value.left_out.size === 0) rest.delete(job);
    uploads.value = rest;
  });
  uploads.value = new Map(uploads.value).set(job, started);
  return started;
};

export const isSending = (job: string): boolean => {
  const state = uploads.value.get(job)?.state.value;
  return state !== undefined && (state.walking || state.settled < state.found);
};

/** Creates a job and starts sending; resolves as soon as the job exists. */
export const startUploads = async (source: Given, settings: Settings, name: string | null): Promise<string> => {
  const job = await send<Job>("POST", "/api/jobs", { source: { kind: "uploads" }, settings, ...(name ? { name } : {}) });
  begin(job.id).add(source);
  return job.id;
};

/** Adds files to a job that still accepts them. */
export const addUploads = (job: string, source: Given): void => {
  const known = uploads.value.get(job);
  (known?.open ? known : begin(job)).add(source);
};

addEventListener("beforeunload", (event) => {
  for (const job of uploads.value.keys()) if (isSending(job)) event.preventDefault();
});
