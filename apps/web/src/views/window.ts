// Integration with the desktop window: opens dropped files, and updates the dock.
import { effect } from "@preact/signals";
import { ApiError, get, send } from "../api/client";
import type { Job } from "../api/types";
import { t } from "../i18n";
import { percent } from "../i18n/format";
import { toSettings } from "../state/choices";
import { announce, chooseFolder, in_window, listenToWindow, showProgress, tellReady, type Opened } from "../state/desktop";
import { atWork, justDone, partOf } from "../state/dock";
import { openJob } from "../state/job";
import { choices } from "../state/preferences";
import { go } from "../state/route";
import { connection, greet } from "../state/session";
import { tell, tellError } from "../ui/toast";
import { forgetDrag } from "./droparea";

const busy_ms = 500;
const idle_ms = 2000;

/** Starts a job for a local path with the current settings. */
export const startLocal = async ({ path, files }: Opened): Promise<Job> => {
  const one = files?.length === 1 ? files[0] : undefined;
  return send<Job>("POST", "/api/jobs", {
    source: { kind: "folder", path, ...(files ? { files } : {}) },
    settings: toSettings(choices.value),
    ...(one === undefined ? {} : { name: one }),
  });
};

/** Starts a job for each path; shows the first. */
const openAll = async (places: readonly Opened[]): Promise<void> => {
  forgetDrag();
  // More folders are allowed now.
  await greet();
  let first: Job | null = null;
  for (const place of places) {
    try {
      const job = await startLocal(place);
      first ??= job;
    } catch (error) {
      tellError(error);
    }
  }
  if (first) go({ view: "job", job: first.id, tab: "images" });
};

/** Shows the system's dialog, then starts a job for the chosen folder. */
export const openFolder = async (): Promise<void> => {
  const path = await chooseFolder(t("drop.folder"), null);
  if (path !== null) await openAll([{ path }]);
};

let wake: () => void = () => undefined;
/** Waits until the next poll, or until `wake` reports that a job has started or ended. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

const watchJobs = async (): Promise<void> => {
  let known = new Set<string>();
  let shown: number | null = null;
  for (;;) {
    if (connection.value === "online") {
      try {
        const { jobs } = await get<{ jobs: Job[] }>("/api/jobs");
        const part = partOf(jobs);
        if (part !== shown) showProgress(part);
        shown = part;
        for (const job of justDone(known, jobs)) {
          const saved = job.bytes_before > 0 ? 1 - job.bytes_after / job.bytes_before : 0;
          announce(job.name, t("job.announceDone", { saved: percent(saved) }));
        }
        known = atWork(jobs);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
    await pause(shown === null ? idle_ms : busy_ms);
  }
};

/** Call it once the page is usable. */
export const servicesForWindow = (): void => {
  if (!in_window.value) return;
  listenToWindow((event) => {
    if (event.kind === "opened") void openAll(event.places);
    else if (event.kind === "saved") tell(t("get.saved", { path: event.path }));
    else if (event.kind === "not-saved") tell(t("get.notSaved", { reason: event.reason }), "bad");
    else {
      forgetDrag();
      tell(t("reason.refused"), "bad", t("reason.refused.do"), event.reason);
    }
  });
  tellReady();
  void watchJobs();
  effect(() => {
    if (openJob.value?.job.value?.state !== undefined) wake();
  });
};
