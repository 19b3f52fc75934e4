import { signal } from "@preact/signals";
import { ApiError, get, send, upload } from "../api/client";
import type { Job, Settings } from "../api/types";
import { imageTest, UniqueNames, type Incoming } from "./incoming";
import { connection, info } from "./session";

const lanes = 4;
const tries_when_busy = 20;
const most_told = 100;

export interface Refusal {
  name: string;
  message: string;
  advice: string;
}

export interface UploadState {
  /** Files that were found and are images by their name. */
  found: number;
  /** Files that went, or were refused. */
  settled: number;
  /** Bytes on their way in files that have not settled. */
  partial: number;
  ignored: number;
  refused: number;
  /** The first of them, with their reasons. */
  refusals: Refusal[];
  walking: boolean;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const online = () =>
  new Promise<void>((resolve) => {
    const stop = connection.subscribe((state) => {
      if (state !== "online") return;
      resolve();
      queueMicrotask(() => stop());
    });
  });

/**
 * Sends files to one job, a few at a time. Files stay where they are until it is their turn,
 * so that ten thousand of them cost no more memory than ten.
 */
export class Uploads {
  readonly state = signal<UploadState>({ found: 0, settled: 0, partial: 0, ignored: 0, refused: 0, refusals: [], walking: true });
  private readonly stop = new AbortController();
  private readonly names = new UniqueNames();
  private readonly queue: Incoming[] = [];
  private readonly partial = new Map<string, number>();
  private wake: (() => void)[] = [];
  private sources = 0;
  private active = 0;

  constructor(
    readonly job: string,
    private readonly finished: () => void,
  ) {}

  add(source: AsyncIterable<Incoming>): void {
    this.sources += 1;
    this.set({ walking: true });
    void this.walk(source);
    for (; this.active < lanes; this.active += 1) void this.lane();
  }

  cancel(): void {
    this.stop.abort();
    this.queue.length = 0;
    this.set({ found: this.state.value.settled, walking: false });
    this.rouse();
  }

  private set(some: Partial<UploadState>): void {
    this.state.value = { ...this.state.value, ...some };
  }

  private rouse(): void {
    const wake = this.wake;
    this.wake = [];
    for (const call of wake) call();
  }

  private async walk(source: AsyncIterable<Incoming>): Promise<void> {
    const isImage = imageTest(info.value);
    const limit = info.value?.limits.max_job_files ?? Infinity;
    let found = 0;
    let ignored = 0;
    let told = false;
    const tell = () => {
      if (this.stop.signal.aborted) return;
      told = true;
      const state = this.state.value;
      this.set({ found: state.found + found, ignored: state.ignored + ignored });
      found = 0;
      ignored = 0;
      this.rouse();
    };
    for await (const item of source) {
      if (this.stop.signal.aborted) break;
      if (!isImage(item.name) || this.state.value.found + found >= limit) ignored += 1;
      else {
        this.queue.push({ ...item, name: this.names.take(item.name) });
        found += 1;
      }
      if ((found === 1 && !told) || found + ignored >= 200) tell();
    }
    tell();
    this.sources -= 1;
    if (this.sources === 0) this.set({ walking: false });
    this.rouse();
  }

  private async lane(): Promise<void> {
    for (;;) {
      const item = this.queue.shift();
      if (item) {
        await this.one(item);
      } else if (this.sources > 0 && !this.stop.signal.aborted) {
        await new Promise<void>((resolve) => this.wake.push(resolve));
      } else break;
    }
    this.active -= 1;
    if (this.active > 0) return;
    while (!this.stop.signal.aborted) {
      try {
        await send<Job>("POST", `/api/jobs/${this.job}/complete`);
        break;
      } catch (error) {
        if (!(error instanceof ApiError) || (error.status !== 0 && error.status !== 503 && error.status !== 401)) break;
        await online();
      }
    }
    this.finished();
  }

  /** Whether the job still takes files; another tab, or the end of the server, may have closed it. */
  private async receives(): Promise<boolean> {
    const job = await get<Job>(`/api/jobs/${this.job}`).catch(() => null);
    return job?.state === "receiving";
  }

  private refuse(name: string, message: string, advice: string): void {
    const { refused, refusals } = this.state.value;
    this.set({ refused: refused + 1, refusals: refused < most_told ? [...refusals, { name, message, advice }] : refusals });
  }

  private progress(name: string, bytes: number | null): void {
    if (bytes === null) this.partial.delete(name);
    else this.partial.set(name, bytes);
    let partial = 0;
    for (const value of this.partial.values()) partial += value;
    this.set({ partial });
  }

  private async one(item: Incoming): Promise<void> {
    const path = `/api/jobs/${this.job}/files?name=${encodeURIComponent(item.name)}`;
    let lost = false;
    for (let busy = 0; !this.stop.signal.aborted; ) {
      try {
        const file = await item.file();
        // A file that is gone looks like a lost connection when it is sent; asked first, it says so.
        await file.slice(0, 1).arrayBuffer();
        await upload(path, file, (bytes) => this.progress(item.name, bytes), this.stop.signal);
        break;
      } catch (error) {
        this.progress(item.name, null);
        if (this.stop.signal.aborted) return;
        if (!(error instanceof ApiError)) {
          this.refuse(item.name, error instanceof Error ? error.message : String(error), "");
          break;
        }
        if (error.status === 0 || error.status === 503 || error.status === 401) {
          lost = true;
          await online();
        } else if (error.status === 429 && busy < tries_when_busy) {
          busy += 1;
          await sleep(500);
        } else {
          // A name that is taken after a lost connection: the file had come through all the same.
          const came = error.code === "conflict" && lost && (await this.receives());
          if (!came) this.refuse(item.name, error.message, error.advice);
          const hopeless = error.status === 404 || error.status === 507;
          if (hopeless || (error.code === "conflict" && !(await this.receives()))) this.cancel();
          break;
        }
      }
    }
    this.progress(item.name, null);
    this.set({ settled: this.state.value.settled + 1 });
  }
}

/** What this tab is sending, by job. Another tab, or this one after a reload, has no files to send. */
export const uploads = signal<ReadonlyMap<string, Uploads>>(new Map());

const begin = (job: string): Uploads => {
  const started = new Uploads(job, () => {
    const rest = new Map(uploads.value);
    // Refusals are still to be read.
    if (started.state.value.refused === 0 && started.state.value.ignored === 0) rest.delete(job);
    uploads.value = rest;
  });
  uploads.value = new Map(uploads.value).set(job, started);
  return started;
};

export const isSending = (job: string): boolean => {
  const state = uploads.value.get(job)?.state.value;
  return state !== undefined && (state.walking || state.settled < state.found);
};

/** Makes a job and begins to send; resolves as soon as the job is there. */
export const startUploads = async (source: AsyncIterable<Incoming>, settings: Settings, name: string | null): Promise<string> => {
  const job = await send<Job>("POST", "/api/jobs", { source: { kind: "uploads" }, settings, ...(name ? { name } : {}) });
  begin(job.id).add(source);
  return job.id;
};

/** More files for a job that still receives. */
export const addUploads = (job: string, source: AsyncIterable<Incoming>): void => {
  (uploads.value.get(job) ?? begin(job)).add(source);
};

addEventListener("beforeunload", (event) => {
  for (const job of uploads.value.keys()) if (isSending(job)) event.preventDefault();
});
