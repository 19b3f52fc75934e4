import { signal } from "@preact/signals";
import { ApiError, get, isFinal, send } from "../api/client";
import { follow, type Subscription } from "../api/stream";
import type { Image, Job, Settings, Variant } from "../api/types";

const page_rows = 1000;
/** Minimum interval between redraws of the list while images arrive, in ms. */
const redraw_ms = 120;

/** One open job: all its images, kept up to date by the server's events. */
export class OpenJob {
  readonly job = signal<Job | null>(null);
  /** By index. Holes are images that are not known yet. */
  readonly rows: (Image | undefined)[] = [];
  /** Incremented on each change of `rows`. */
  readonly changed = signal(0);
  readonly loaded = signal(false);
  readonly refused = signal<ApiError | null>(null);
  /** Number of events about the job itself. */
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

  /** Merges rows; an older state of an image never replaces a newer one. */
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

  /**
   * Retries the failed images, or `indices` in any state; with `settings` of their own, if given.
   */
  retry(indices?: number[], settings?: Settings): Promise<void> {
    return this.change(this.path("/retry"), { ...(indices ? { indices } : {}), ...(settings ? { settings } : {}) });
  }

  variant(index: number, settings: Settings): Promise<Variant> {
    return send<Variant>("POST", this.imagePath(index, "/variants"), { settings }, Infinity);
  }

  async use(index: number, variant: number): Promise<void> {
    this.accept([await send<Image>("POST", this.imagePath(index, `/variants/${variant}/use`))]);
  }

  /** The answer may be older than events received meanwhile; those include its contents, too. */
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

/** The job of the current view; it stays open while successive views show the same job. */
export const showJob = (id: string | null): void => {
  const current = openJob.peek();
  if (current?.id === id) return;
  current?.close();
  openJob.value = id === null ? null : new OpenJob(id);
};

/** Reopens the job after a change of token, since the old token's stream has ended. */
export const reopenJob = (): void => {
  const id = openJob.peek()?.id;
  showJob(null);
  if (id !== undefined) showJob(id);
};

export const isOver = (job: Job): boolean => job.state !== "receiving" && job.state !== "running";
export const finished = (job: Job): number =>
  job.counts.done + job.counts.kept + job.counts.failed + job.counts.cancelled;
/**
 * Once originals were replaced by their smaller versions, a rerun would no longer use the
 * originals.
 */
export const mayGoAgain = (job: Job): boolean => job.written?.to !== "in-place";
