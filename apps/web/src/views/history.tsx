import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, get, send } from "../api/client";
import type { Job } from "../api/types";
import { t } from "../i18n";
import { bytes, change, date } from "../i18n/format";
import { isOver } from "../state/job";
import { go, hrefOf } from "../state/route";
import { forgetSent } from "../state/sent";
import { connection } from "../state/session";
import { uploads } from "../state/uploads";
import { Button, Dialog } from "../ui/controls";
import { FolderIcon, PictureIcon, TrashIcon } from "../ui/icons";
import { attempt } from "../ui/toast";

const poll_ms = 2000;

/** The latest known list; null: not loaded yet. */
export const jobs = signal<Job[] | null>(null);

const Line = ({ job, onDelete }: { job: Job; onDelete: () => void }) => {
  const to = { view: "job", job: job.id, tab: "images" } as const;
  const saved = job.bytes_before > 0 ? 1 - job.bytes_after / job.bytes_before : 0;
  return (
    <li class="history-line">
      <a
        href={hrefOf(to)}
        onClick={(event) => {
          event.preventDefault();
          go(to);
        }}
      >
        <span class="history-icon">{job.source.kind === "folder" ? <FolderIcon /> : <PictureIcon />}</span>
        <span class="history-name">
          <span class="cut">{job.name}</span>
          <span class="hint">
            {t("common.images", { count: job.images })} · {date(job.created_ms)}
          </span>
        </span>
        <span class="history-saved">
          {job.bytes_before > 0 && (
            <>
              <strong class={saved > 0 ? "gain" : ""}>{change(saved)}</strong>
              <span class="hint">{bytes(job.bytes_after)}</span>
            </>
          )}
        </span>
        <span class={`pill ${job.state}`}>{t(`state.${job.state}`)}</span>
      </a>
      <Button kind="quiet" label={t("history.delete", { name: job.name })} onClick={onDelete}>
        <TrashIcon />
      </Button>
    </li>
  );
};

export const History = () => {
  const asked = useSignal<Job | null>(null);
  const load = async () => {
    try {
      jobs.value = (await get<{ jobs: Job[] }>("/api/jobs")).jobs;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  };
  useEffect(() => {
    void load();
    const timer = setInterval(() => {
      if (connection.value === "online" && !document.hidden && jobs.value?.some((job) => !isOver(job))) void load();
    }, poll_ms);
    // After a lost connection, the list may be outdated.
    const stop = connection.subscribe((state) => {
      if (state === "online" && jobs.value !== null) void load();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  const remove = (job: Job) =>
    attempt(async () => {
      asked.value = null;
      uploads.value.get(job.id)?.cancel();
      await send("DELETE", `/api/jobs/${job.id}`);
      forgetSent(job.id);
      await load();
    });
  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">{t("history.title")}</h2>
      {jobs.value === null ? (
        <div class="skeletons" aria-label={t("common.loading")} role="img" />
      ) : jobs.value.length === 0 ? (
        <p class="hint">{t("history.empty")}</p>
      ) : (
        <ul>
          {jobs.value.map((job) => (
            <Line key={job.id} job={job} onDelete={() => (asked.value = job)} />
          ))}
        </ul>
      )}
      {asked.value && (
        <Dialog title={t("history.ask")} onClose={() => (asked.value = null)}>
          <p>
            <strong>{asked.value.name}</strong>
          </p>
          <p>{t(isOver(asked.value) ? "history.consequence" : "history.consequenceRunning")}</p>
          <footer>
            <Button onClick={() => (asked.value = null)}>{t("common.cancel")}</Button>
            <Button kind="danger" onClick={remove(asked.value)}>
              {t("common.delete")}
            </Button>
          </footer>
        </Dialog>
      )}
    </section>
  );
};
