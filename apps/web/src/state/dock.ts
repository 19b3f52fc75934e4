// What the dock shows of all jobs together, and what is worth a notification.
import type { Job } from "../api/types";
import { finished, isOver } from "./job";

/** Of all images in jobs that are not over, how many are finished: 0 to 1; null when nothing is at work. */
export const partOf = (jobs: readonly Job[]): number | null => {
  const open = jobs.filter((job) => !isOver(job));
  if (open.length === 0) return null;
  const images = open.reduce((sum, job) => sum + job.images, 0);
  return images > 0 ? open.reduce((sum, job) => sum + finished(job), 0) / images : 0;
};

/** Jobs that were at work when they were last looked at, and are finished now. */
export const justDone = (before: ReadonlySet<string>, jobs: readonly Job[]): Job[] =>
  jobs.filter((job) => before.has(job.id) && job.state === "done");

export const atWork = (jobs: readonly Job[]): Set<string> => new Set(jobs.filter((job) => !isOver(job)).map((job) => job.id));
