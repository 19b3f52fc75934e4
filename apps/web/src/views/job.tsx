import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { download } from "../api/client";
import type { Job } from "../api/types";
import { t } from "../i18n";
import { bytes, change, duration, number, percent } from "../i18n/format";
import { finished, isOver, mayGoAgain, type OpenJob } from "../state/job";
import { fromFiles } from "../state/incoming";
import { leftOutOf } from "../state/leftout";
import { ownSettings } from "../state/own";
import { go } from "../state/route";
import { forgetSent, missingOf } from "../state/sent";
import { addUploads, isSending, uploads } from "../state/uploads";
import { Button, FileName, Why } from "../ui/controls";
import { BackIcon, DownloadIcon, Mark, PlusIcon, ReportIcon, RetryIcon, StopIcon, WarnIcon, WriteIcon } from "../ui/icons";
import { attempt, tell } from "../ui/toast";
import { AgainDialog } from "./again";
import { describe } from "./describe";
import { ImageList, listFilter } from "./list";
import { Summary } from "./summary";
import { WriteDialog } from "./write";

const shareSaved = (job: Job) => (job.bytes_before > 0 ? 1 - job.bytes_after / job.bytes_before : 0);

/** The finished share of all known images, including uploads that have not arrived yet. */
const progressOf = (job: Job): { part: number; total: number } => {
  const sending = uploads.value.get(job.id)?.state.value;
  const total = Math.max(job.images, sending && !isOver(job) ? sending.found - sending.refused : 0);
  return { part: total > 0 ? finished(job) / total : 0, total };
};

/** Announces progress to screen readers, at most every ten percent, and the end. */
const Announcer = ({ job }: { job: Job }) => {
  const said = useRef("");
  const over = isOver(job);
  const step = Math.floor(progressOf(job).part * 10) * 10;
  const key = over ? `over ${job.state}` : String(step);
  const text = useRef("");
  if (key !== said.current) {
    said.current = key;
    text.current = over
      ? job.state === "done"
        ? t("job.announceDone", { saved: percent(shareSaved(job)) })
        : t(`state.${job.state}`)
      : t("job.announce", { percent: percent(step / 100), time: job.remaining_ms === null ? "…" : duration(job.remaining_ms) });
  }
  return (
    <p class="hidden" role="status" aria-live="polite">
      {text.current}
    </p>
  );
};

const ProgressBar = ({ job }: { job: Job }) => {
  const { part, total } = progressOf(job);
  const share = (count: number) => `${total > 0 ? (count / total) * 100 : 0}%`;
  return (
    <div class="bar" role="progressbar" aria-label={t("job.progress")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(part * 100)}>
      <span class="part done" style={{ width: share(job.counts.done) }} />
      <span class="part kept" style={{ width: share(job.counts.kept) }} />
      <span class="part failed" style={{ width: share(job.counts.failed + job.counts.cancelled) }} />
    </div>
  );
};

const Running = ({ job, open }: { job: Job; open: OpenJob }) => {
  const { part, total } = progressOf(job);
  const saved = shareSaved(job);
  const sending = uploads.value.get(job.id);
  const state = sending?.state.value;
  const stop = attempt(async () => {
    sending?.cancel();
    await open.act("cancel");
  });
  return (
    <>
      <div class="hero-numbers">
        <div>
          <p class="big">{percent(part, 0)}</p>
          <p class="under">
            {t("job.of", { finished: number(finished(job)), total: t("common.images", { count: total }) })}
            <span class="soft">
              {job.planning ? ` · ${t("job.planning")}` : job.remaining_ms !== null ? ` · ${t("job.left", { time: duration(Math.max(1000, job.remaining_ms)) })}` : ""}
            </span>
          </p>
        </div>
        <div class="hero-side">
          <p class="big gain">{job.bytes_before > 0 ? change(saved) : "\u00a0"}</p>
          <p class="under">
            {bytes(Math.max(0, job.bytes_before - job.bytes_after))} {t("job.savedSoFar")}
          </p>
        </div>
      </div>
      <ProgressBar job={job} />
      <div class="hero-actions">
        <Button onClick={stop}>
          <StopIcon /> {t("job.stop")}
        </Button>
        <span class="soft sending">
          {state && isSending(job.id) ? t("job.sending", { sent: number(state.settled), found: number(state.found) }) : ""}
        </span>
      </div>
    </>
  );
};

const Reports = ({ open }: { open: OpenJob }) => {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (event: FocusEvent) => {
    if (menu.current && !menu.current.contains(event.relatedTarget as Node | null)) menu.current.open = false;
  };
  return (
    <details
      class="menu"
      ref={menu}
      onFocusOut={close}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        menu.current.open = false;
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary class="button plain">
        <ReportIcon /> {t("get.report")}
      </summary>
      <div class="menu-items">
        {(["html", "json", "csv"] as const).map((format) => (
          <button
            key={format}
            type="button"
            onClick={attempt(async () => {
              if (menu.current) menu.current.open = false;
              const begun = await download(open.path(`/report?format=${format}`), `imgmill-report.${format}`);
              // Its thumbnails keep the workers busy for a while.
              if (begun && format === "html") tell(t("get.reportMaking"));
            })}
          >
            {t("get.reportAs", { format: format.toUpperCase() })}
          </button>
        ))}
      </div>
    </details>
  );
};

/** The requested settings; if all images have the same settings of their own, those. */
const Asked = ({ job, open }: { job: Job; open: OpenJob }) => {
  const own = useComputed(() => {
    void open.changed.value;
    return ownSettings(open.rows);
  });
  const { all, count } = own.value;
  return (
    <p class="asked hint">
      <span class="hidden">{t("settings.title")}: </span>
      <span>{[...describe(all ?? job.settings), ...(count > 0 ? [t("job.ownSettings", { count })] : [])].join(" · ")}</span>
    </p>
  );
};

const Over = ({ job, open }: { job: Job; open: OpenJob }) => {
  const again = useSignal(false);
  const writing = useSignal(false);
  const saved = shareSaved(job);
  const usable = job.counts.done + job.counts.kept;
  return (
    <>
      <div class="hero-numbers">
        <div>
          <p class="big gain">
            {usable > 0 ? percent(Math.max(0, saved), 0) : t(`state.${job.state}`)}
            {usable > 0 && <span class="big-word"> {t("job.smaller")}</span>}
          </p>
          <p class="under">
            {usable === 0 ? (
              t("job.of", { finished: number(finished(job)), total: t("common.images", { count: job.images }) })
            ) : saved > 0 ? (
              <>
                {t("job.became", { before: bytes(job.bytes_before), after: bytes(job.bytes_after) })}{" "}
                <span class="soft">{t("job.took", { time: duration(job.elapsed_ms) })}</span>
              </>
            ) : (
              t("job.nothing")
            )}
          </p>
        </div>
      </div>
      <ProgressBar job={job} />
      {job.written && <p class="note">{t("write.done", { count: job.written.images, path: job.written.path })}</p>}
      {job.state === "cancelled" && <p class="note">{t("job.stopped")}</p>}
      {job.state === "interrupted" && <p class="note">{t("job.interrupted")}</p>}
      <div class="hero-actions">
        <Button kind="primary" disabled={usable === 0} onClick={attempt(() => download(open.path("/zip"), `${job.name}.zip`))}>
          <DownloadIcon /> {t("get.zip")}
        </Button>
        <Button disabled={usable === 0} onClick={() => (writing.value = true)}>
          <WriteIcon /> {t("get.write")}
        </Button>
        <Reports open={open} />
        {mayGoAgain(job) && open.loaded.value && open.rows.length > 0 && (
          <Button onClick={() => (again.value = true)}>
            <RetryIcon /> {t("again.open")}
          </Button>
        )}
        {(job.state === "cancelled" || job.state === "interrupted") && (
          <Button onClick={attempt(() => open.retry())}>
            <RetryIcon /> {t("job.continue")}
          </Button>
        )}
      </div>
      {again.value && <AgainDialog open={open} indices={open.rows.flatMap((image) => (image ? [image.index] : []))} settings={open.rows[0]?.settings ?? job.settings} onClose={() => (again.value = false)} />}
      {writing.value && <WriteDialog job={job} open={open} onClose={() => (writing.value = false)} />}
    </>
  );
};

/** The number of names that are listed; beyond it, only the count is shown. */
const most_listed = 200;

/** Files that an earlier page was to send and that have not arrived. */
const Missing = ({ job, open }: { job: Job; open: OpenJob }) => {
  const names = useSignal<string[]>([]);
  const sent_here = uploads.value.has(job.id);
  useEffect(() => {
    names.value = [];
    if (job.source.kind !== "uploads" || sent_here || !open.loaded.value) return undefined;
    let alive = true;
    void missingOf(job.id, open.rows.flatMap((image) => (image ? [image.name] : []))).then((found) => alive && (names.value = found));
    return () => {
      alive = false;
    };
  }, [job.id, job.images, sent_here, open.loaded.value]);
  if (names.value.length === 0) return null;
  return (
    <details class="notice bad missing">
      <summary>
        <WarnIcon /> {t("job.missing", { count: names.value.length })}
      </summary>
      <ul>
        {names.value.slice(0, most_listed).map((name) => (
          <li key={name}>
            <FileName name={name} />
          </li>
        ))}
        {names.value.length > most_listed && <li>…</li>}
      </ul>
      <Button
        kind="quiet"
        onClick={() => {
          forgetSent(job.id);
          names.value = [];
        }}
      >
        {t("job.missingForget")}
      </Button>
    </details>
  );
};

const kind_words = {
  "hidden file": "kind.hiddenFile",
  "hidden folder": "kind.hiddenFolder",
  "linked folder": "kind.linkedFolder",
  "extensionless file": "kind.extensionless",
  "no regular file": "kind.special",
  "camera raw": "kind.raw",
  icon: "kind.icon",
  other: "kind.other",
} as const;
const wordOfKind = (kind: string): string => (kind in kind_words ? t(kind_words[kind as keyof typeof kind_words]) : kind);
const most_kinds = 6;

/** Files beside the images that are not processed, so that nobody misses them later. */
const LeftOutNote = ({ job }: { job: Job }) => {
  const { files, kinds } = leftOutOf(job.left_out, uploads.value.get(job.id)?.state.value.left_out ?? new Map());
  if (files === 0) return null;
  const shown = kinds.slice(0, most_kinds);
  const rest = kinds.slice(most_kinds).reduce((sum, { count }) => sum + count, 0);
  const said = [...shown.map(({ kind, count }) => `${wordOfKind(kind)} (${number(count)})`), ...(rest > 0 ? [`${t("kind.other")} (${number(rest)})`] : [])];
  return <p class="note">{t("job.leftOut", { count: files, kinds: said.join(", ") })}</p>;
};

const Notices = ({ job, open }: { job: Job; open: OpenJob }) => {
  const picker = useRef<HTMLInputElement>(null);
  const state = uploads.value.get(job.id)?.state.value;
  const waits = job.state === "receiving" && !isSending(job.id);
  return (
    <>
      {/* While it runs the filters tell of failures; a notice that comes then would push the list around. */}
      {isOver(job) && job.counts.failed > 0 && (
        <div class="notice bad">
          <WarnIcon />
          <span>{t("job.failed", { count: job.counts.failed })}</span>
          <Button
            kind="quiet"
            onClick={() => {
              listFilter("failed");
              go({ view: "job", job: job.id, tab: "images" }, "replace");
            }}
          >
            {t("job.failedShow")}
          </Button>
          <Button kind="quiet" onClick={attempt(() => open.retry())}>
            {t("job.retryAll")}
          </Button>
          <Button kind="quiet" onClick={attempt(() => download(open.path("/zip?originals=1"), `${job.name}.zip`))}>
            {t("get.zipOriginals")}
          </Button>
        </div>
      )}
      {state && state.refused > 0 && (
        <details class="notice bad">
          <summary>
            <WarnIcon /> {t("job.refused", { count: state.refused })}
          </summary>
          <ul>
            {state.refusals.map((row) => (
              <li key={row.name}>
                <strong>{row.name}</strong> <Why said={row} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <Missing job={job} open={open} />
      <LeftOutNote job={job} />
      {waits && (
        <div class="notice">
          <span>{t("job.stillOpen")}</span>
          <Button kind="quiet" onClick={() => picker.current?.click()}>
            <PlusIcon /> {t("drop.more")}
          </Button>
          <Button kind="quiet" onClick={attempt(() => open.act("complete"))}>
            {t("job.complete")}
          </Button>
          <input
            ref={picker}
            type="file"
            hidden
            multiple
            onChange={(event) => {
              const input = event.currentTarget;
              if (input.files?.length) addUploads(job.id, fromFiles([...input.files]));
              input.value = "";
            }}
          />
        </div>
      )}
    </>
  );
};

const Tabs = ({ job, tab }: { job: string; tab: "images" | "summary" }) => {
  const turn = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = tab === "images" ? "summary" : "images";
    go({ view: "job", job, tab: other }, "replace");
    document.getElementById(`tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" onKeyDown={turn}>
      {(["images", "summary"] as const).map((name) => (
        <button
          key={name}
          type="button"
          id={`tab-${name}`}
          role="tab"
          aria-selected={tab === name}
          aria-controls="tab-panel"
          tabIndex={tab === name ? 0 : -1}
          onClick={() => go({ view: "job", job, tab: name }, "replace")}
        >
          {t(`tab.${name}`)}
        </button>
      ))}
    </div>
  );
};

export const JobView = ({ open, tab }: { open: OpenJob; tab: "images" | "summary" }) => {
  const job = open.job.value;
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    // Unless the list has the focus after returning from an image.
    if (!document.activeElement?.closest(".grid")) title.current?.focus({ preventScroll: true });
  }, [open.id]);
  const tab_title = !job ? "imgmill" : isOver(job) ? `${job.name} · imgmill` : `${percent(progressOf(job).part, 0)} · ${job.name}`;
  useEffect(() => {
    document.title = tab_title;
  }, [tab_title]);
  if (open.refused.value) {
    return (
      <div class="center-message">
        <WarnIcon size={36} />
        <h1>{t("job.gone")}</h1>
        <p>
          <Why said={open.refused.value} />
        </p>
        <Button kind="primary" onClick={() => go({ view: "start" })}>
          {t("common.back")}
        </Button>
      </div>
    );
  }
  return (
    <div class="job" aria-busy={!job}>
      <div class="job-head">
        <Button kind="quiet" label={t("common.back")} onClick={() => go({ view: "start" })}>
          <BackIcon />
        </Button>
        <h1 ref={title} tabIndex={-1} class="cut">
          {job?.name ?? "\u00a0"}
        </h1>
        {job && (
          <span class={`pill ${job.state}`}>
            {!isOver(job) && <Mark size={14} turning />}
            {t(`state.${job.state}`)}
          </span>
        )}
      </div>
      <section class="card hero">
        {job && (isOver(job) ? <Over job={job} open={open} /> : <Running job={job} open={open} />)}
        {job && <Asked job={job} open={open} />}
      </section>
      {job && <Announcer job={job} />}
      {job && <Notices job={job} open={open} />}
      <Tabs job={open.id} tab={tab} />
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "images" ? <ImageList open={open} /> : <Summary open={open} />}
      </div>
    </div>
  );
};
