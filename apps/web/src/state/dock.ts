// Progress of all jobs together for the dock, and jobs that deserve a notification.
import type { Job } from "../api/types";
import { finished, isOver } from "./job";

/** The share of finished images in jobs that are not over: 0 to 1; null if nothing is running. */
export const partOf = (jobs: readonly Job[]): number | null => {
  const open = jobs.filter((job) => !isOver(job));
  if (open.length === 0) return null;
  const images = open.reduce((sum, job) => sum + job.images, 0);
  return images > 0 ? open.reduce((sum, job) => sum + finished(job), 0) / images : 0;
};

/** Returns the jobs that were running at the last check and are finished now. */
export const justDone = (before: ReadonlySet<string>, jobs: readonly Job[]): Job[] =>
  jobs.filter((job) => before.has(job.id) && job.state === "done");

export const atWork = (jobs: readonly Job[]): Set<string> => new Set(jobs.filter((job) => !isOver(job)).map((job) => job.id));
