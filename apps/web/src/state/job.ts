import { signal } from "@preact/signals";
import { ApiError, get, isFinal, send } from "../api/client";
import { follow, type Subscription } from "../api/stream";
import type { Image, Job, Settings, Variant } from "../api/types";

const page_rows = 1000;
/** How often the list may be drawn anew while images come in, ms. */
const redraw_ms = 120;

/** One job as the page knows it: all its images, kept up to date by the server's events. */
export class OpenJob {
  readonly job = signal<Job | null>(null);
  /** By index. Holes are images that have not been told of yet. */
  readonly rows: (Image | undefined)[] = [];
  /** Counts the changes of `rows`. */
  readonly changed = signal(0);
  readonly loaded = signal(false);
  readonly refused = signal<ApiError | null>(null);
  /** Counts the events about the job itself. */
  private told = 0;
  private subscription: Subscription | null = null;
  private redraw: ReturnType<typeof setTimeout> | null = null;
  private closed = false;

  constructor(readonly id: string) {
    void this.load();
  }

  close(): void {
    this.closed = true;
    this.subscription?.close();
    if (this.redraw) clearTimeout(this.redraw);
  }

  /** Takes rows in; an older state of an image never replaces a newer one. */
  accept(images: readonly Image[]): void {
    for (const image of images) {
      const known = this.rows[image.index];
      if (!known || known.sequence <= image.sequence) this.rows[image.index] = image;
    }
    this.redraw ??= setTimeout(() => {
      this.redraw = null;
      this.changed.value += 1;
    }, redraw_ms);
  }

  path(rest = ""): string {
    return `/api/jobs/${encodeURIComponent(this.id)}${rest}`;
  }

  imagePath(index: number, rest: string): string {
    return this.path(`/images/${index}${rest}`);
  }

  act(what: "cancel" | "complete"): Promise<void> {
    return this.change(this.path(`/${what}`));
  }

  /** Those that have failed, or `indices` whatever became of them; with `settings` of their own, where those are given. */
  retry(indices?: number[], settings?: Settings): Promise<void> {
    return this.change(this.path("/retry"), { ...(indices ? { indices } : {}), ...(settings ? { settings } : {}) });
  }

  variant(index: number, settings: Settings): Promise<Variant> {
    return send<Variant>("POST", this.imagePath(index, "/variants"), { settings }, Infinity);
  }

  async use(index: number, variant: number): Promise<void> {
    this.accept([await send<Image>("POST", this.imagePath(index, `/variants/${variant}/use`))]);
  }

  /** The answer may be older than what the events have told meanwhile; they tell what it would have told, too. */
  private async change(path: string, body?: unknown): Promise<void> {
    const told = this.told;
    const job = await send<Job>("POST", path, body);
    if (this.told === told) this.job.value = job;
  }

  private async load(): Promise<void> {
    let after = 0;
    for (;;) {
      try {
        this.job.value ??= await get<Job>(this.path());
        const page = await get<{ images: Image[]; sequence: number }>(this.path(`/images?after=${after}&limit=${page_rows}`));
        if (this.closed) return;
        this.accept(page.images);
        after = page.images.reduce((most, image) => Math.max(most, image.sequence), after);
        if (page.images.length < page_rows) break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (isFinal(error)) {
          this.refused.value = error;
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      if (this.closed) return;
    }
    this.changed.value += 1;
    this.loaded.value = true;
    this.subscription = follow(
      this.path("/events"),
      after,
      ({ event, data }) => {
        if (event === "images") this.accept((JSON.parse(data) as { images: Image[] }).images);
        else if (event === "job") {
          this.told += 1;
          this.job.value = JSON.parse(data) as Job;
        }
      },
      (error) => {
        if (error.status !== 401) this.refused.value = error;
      },
    );
  }
}

export const openJob = signal<OpenJob | null>(null);

/** The job of the view, opened once however many of its views follow each other. */
export const showJob = (id: string | null): void => {
  const current = openJob.peek();
  if (current?.id === id) return;
  current?.close();
  openJob.value = id === null ? null : new OpenJob(id);
};

/** After another token was taken: the streams of the old one have ended. */
export const reopenJob = (): void => {
  const id = openJob.peek()?.id;
  showJob(null);
  if (id !== undefined) showJob(id);
};

export const isOver = (job: Job): boolean => job.state !== "receiving" && job.state !== "running";
export const finished = (job: Job): number =>
  job.counts.done + job.counts.kept + job.counts.failed + job.counts.cancelled;
/** Once originals were replaced by their smaller versions, what would go again is no longer what was given. */
export const mayGoAgain = (job: Job): boolean => job.written?.to !== "in-place";
