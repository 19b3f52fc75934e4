import { signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Image, Job } from "../api/types";
import { speech, t } from "../i18n";
import { number } from "../i18n/format";
import { arrange, as_added, type Arrangement, type Filter, type SortKey } from "../state/order";
import { mayGoAgain, type OpenJob } from "../state/job";
import { go } from "../state/route";
import { visibleRows } from "../state/window";
import { Button, Segmented, Select } from "../ui/controls";
import { DownIcon, RetryIcon, SearchIcon, SelectIcon, UpIcon } from "../ui/icons";
import { attempt } from "../ui/toast";
import { AgainDialog } from "./again";
import { row_height, Rows } from "./rows";

/** Rows beyond the visible ones, for the moment between scrolling and drawing. */
const extra_rows = 3;
/** A list without jumps for this long is at rest, in ms. */
const rest_ms = 120;
const filters: readonly Filter[] = ["all", "smaller", "kept", "failed", "open"];
const sorts: readonly SortKey[] = ["added", "name", "before", "after", "saved", "score", "state"];

const how = signal<Arrangement>(as_added);
/** The image that was viewed last; returning to the list shows it again. */
const active = signal<number | null>(null);

export const listFilter = (filter: Filter): void => {
  how.value = { ...as_added, filter };
};
/** Selected images; null: not in selection mode. */
const picked = signal<ReadonlySet<number> | null>(null);
const pick = (indices: readonly number[], on: boolean): void => {
  const next = new Set(picked.peek() ?? []);
  for (const index of indices) if (on) next.add(index);
  else next.delete(index);
  picked.value = next;
};
const toggle = (index: number): void => pick([index], !picked.peek()?.has(index));

export const resetList = (): void => {
  how.value = as_added;
  active.value = null;
  picked.value = null;
};
/** The arrangement for "next" and "previous" in the comparison. */
export const currentOrder = (open: OpenJob): Image[] => {
  void open.changed.value;
  return arrange(open.rows, how.value);
};

const countOf = (job: Job, filter: Filter): number => {
  const { counts } = job;
  switch (filter) {
    case "all":
      return job.images;
    case "smaller":
      return counts.done;
    case "kept":
      return counts.kept;
    case "failed":
      return counts.failed + counts.cancelled;
    case "open":
      return counts.waiting + counts.working;
  }
};

/** Actions on several images at once. */
const Selection = ({ open, images }: { open: OpenJob; images: readonly Image[] }) => {
  const again = useSignal<number[] | null>(null);
  const chosen = picked.value;
  if (!chosen) return null;
  const first = open.rows.find((image) => image && chosen.has(image.index));
  return (
    <div class="selection" role="group" aria-label={t("list.select")}>
      <strong aria-live="polite">{t("list.picked", { count: chosen.size })}</strong>
      <Button kind="quiet" onClick={() => pick(images.map((image) => image.index), true)}>
        {t("list.all")}
      </Button>
      <Button kind="quiet" disabled={chosen.size === 0} onClick={() => (picked.value = new Set())}>
        {t("list.none")}
      </Button>
      <span class="selection-end">
        <Button kind="primary" disabled={chosen.size === 0} onClick={() => (again.value = [...chosen].sort((a, b) => a - b))}>
          <RetryIcon /> {t("again.open")}
        </Button>
        <Button onClick={() => (picked.value = null)}>{t("list.done")}</Button>
      </span>
      {again.value && (
        <AgainDialog
          open={open}
          indices={again.value}
          settings={first?.settings ?? open.job.value?.settings ?? {}}
          onClose={(begun) => {
            again.value = null;
            if (begun) picked.value = null;
          }}
        />
      )}
    </div>
  );
};

const Toolbar = ({ job, mayPick }: { job: Job; mayPick: boolean }) => {
  const now = how.value;
  return (
    <div class="toolbar">
      <Segmented
        quiet
        legend={t("list.filter")}
        value={now.filter}
        options={filters
          .filter((filter) => filter === "all" || filter === now.filter || countOf(job, filter) > 0)
          .map((filter) => ({
            value: filter,
            label: (
              <>
                {t(`filter.${filter}`)} <span class="count">{number(countOf(job, filter))}</span>
              </>
            ),
          }))}
        onChange={(filter) => (how.value = { ...now, filter })}
      />
      <div class="toolbar-end">
        <span class="search">
          <SearchIcon size={16} />
          <input type="search" aria-label={t("list.search")} placeholder={t("list.search")} value={now.text} onInput={(event) => (how.value = { ...how.value, text: event.currentTarget.value })} />
        </span>
        <Select hideLabel label={t("list.sort")} value={now.sort} options={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))} onChange={(sort) => (how.value = { ...now, sort })} />
        <Button kind="quiet" label={t(now.descending ? "list.descending" : "list.ascending")} onClick={() => (how.value = { ...now, descending: !now.descending })}>
          {now.descending ? <DownIcon /> : <UpIcon />}
        </Button>
        {mayPick && (
          <Button kind="quiet" label={t("list.select")} aria-pressed={picked.value !== null} onClick={() => (picked.value = picked.value ? null : new Set())}>
            <SelectIcon />
          </Button>
        )}
      </div>
    </div>
  );
};

const Heads = () => {
  const now = how.value;
  const head = (sort: SortKey, name: string, title?: string) => (
    <span role="columnheader" class={`cell-${name}`} aria-sort={now.sort === sort ? (now.descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        tabIndex={-1}
        {...(title === undefined ? {} : { title })}
        onClick={() => (how.value = { ...now, sort, descending: now.sort === sort ? !now.descending : sort === "saved" || sort === "before" })}
      >
        {t(`sort.${sort}`)}
        {now.sort === sort && (now.descending ? <DownIcon size={13} /> : <UpIcon size={13} />)}
      </button>
    </span>
  );
  return (
    <div class="row heads" role="row" aria-rowindex={1}>
      <span role="columnheader" class="cell-thumb">
        <span class="hidden">{t("compare.view")}</span>
      </span>
      {head("name", "name")}
      {head("before", "before")}
      {head("after", "after")}
      {head("saved", "saved")}
      {head("score", "score", t("score.what"))}
      {head("state", "state")}
    </div>
  );
};

export const ImageList = ({ open }: { open: OpenJob }) => {
  const body = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const rows = useRef<Rows | null>(null);
  const seen = useRef({ first: 0, count: 0 });
  const rest = useRef<ReturnType<typeof setTimeout> | null>(null);
  const order = useComputed(() => currentOrder(open));
  const images = order.value;
  const job = open.job.value;
  const may_pick = job !== null && mayGoAgain(job);

  const draw = (hurried: boolean) => {
    const there = rows.current?.draw(order.peek(), seen.current.first, seen.current.count, active.peek(), picked.peek(), speech.peek().language, hurried);
    if (there) grid.current?.setAttribute("aria-activedescendant", `row-${active.peek()}`);
    else grid.current?.removeAttribute("aria-activedescendant");
  };
  /** Draws the visible rows if they have changed, or if `must`. */
  const look = (must = false) => {
    const element = body.current;
    if (!element) return;
    const count = order.peek().length;
    const { top } = element.getBoundingClientRect();
    const bare = visibleRows(count, row_height, top, innerHeight, 0);
    const leapt = Math.abs(bare.first - seen.current.first) > bare.count / 2 + extra_rows;
    if (leapt) {
      if (rest.current) clearTimeout(rest.current);
      rest.current = setTimeout(() => look(true), rest_ms);
    }
    const next = leapt ? bare : visibleRows(count, row_height, top, innerHeight, extra_rows);
    if (!must && next.first === seen.current.first && next.count === seen.current.count) return;
    seen.current = next;
    draw(leapt);
  };
  useLayoutEffect(() => {
    if (holder.current) rows.current = new Rows(open, holder.current);
    return () => {
      if (rest.current) clearTimeout(rest.current);
      rows.current?.end();
      rows.current = null;
    };
  }, [open]);
  useLayoutEffect(() => look(true));
  useLayoutEffect(() => {
    // Returning from an image: reveal and focus it before the next key.
    if (active.peek() === null) return;
    reveal(order.peek().findIndex((image) => image.index === active.peek()));
    grid.current?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => {
    let asked = 0;
    const soon = () => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        look();
      });
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    const watcher = new ResizeObserver(soon);
    watcher.observe(document.body);
    return () => {
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
      watcher.disconnect();
      cancelAnimationFrame(asked);
    };
  }, [open]);

  const reveal = (at: number) => {
    const element = body.current;
    if (!element || at < 0) return;
    const top = element.getBoundingClientRect().top + at * row_height;
    // The sticky toolbar covers what is below it.
    const covered = 120;
    if (top < covered) scrollBy({ top: top - covered, behavior: "instant" });
    else if (top + row_height > innerHeight - 8) scrollBy({ top: top + row_height - innerHeight + 8, behavior: "instant" });
    look();
  };

  const key = (event: KeyboardEvent) => {
    const list = order.peek();
    if (event.target !== grid.current || event.ctrlKey || event.metaKey || event.altKey || list.length === 0) return;
    const at = list.findIndex((image) => image.index === active.value);
    const page = Math.max(1, Math.floor(innerHeight / row_height) - 3);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: list.length - 1 };
    const next = to[event.key];
    const current = list[at];
    if (next !== undefined) {
      event.preventDefault();
      const held = Math.min(list.length - 1, Math.max(0, next));
      active.value = list[held]?.index ?? null;
      reveal(held);
    } else if (event.key === " " && current && picked.peek()) {
      event.preventDefault();
      toggle(current.index);
    } else if ((event.key === "Enter" || event.key === " ") && current) {
      event.preventDefault();
      go({ view: "image", job: open.id, index: current.index });
    } else if (event.key.toLowerCase() === "r" && current && (current.state === "failed" || current.state === "cancelled")) {
      attempt(() => open.retry([current.index]))();
    }
  };

  const click = (event: MouseEvent) => {
    const image = rows.current?.imageAt(event.target);
    if (!image) return;
    if ((event.target as Element).closest(".row-retry")) {
      attempt(() => open.retry([image.index]))();
      return;
    }
    // From the last touched row to this one, as in file managers.
    if (may_pick && event.shiftKey && active.peek() !== null) {
      const list = order.peek();
      const ends = [active.peek(), image.index].map((index) => list.findIndex((row) => row.index === index)).sort((a, b) => a - b);
      pick(list.slice(ends[0], (ends[1] ?? 0) + 1).map((row) => row.index), true);
    } else if (picked.peek() || (may_pick && (event.ctrlKey || event.metaKey))) toggle(image.index);
    active.value = image.index;
    if (picked.peek()) return;
    go({ view: "image", job: open.id, index: image.index });
  };

  // Reserve space for images that are not loaded yet, so that nothing below moves when they arrive.
  const places = open.loaded.value ? images.length : Math.max(images.length, job?.images ?? 12);
  // Read here, so that the rows are redrawn when they change.
  void active.value;
  void picked.value;
  void speech.value;
  return (
    <div class="images">
      {job ? <Toolbar job={job} mayPick={may_pick} /> : <div class="toolbar" />}
      <Selection open={open} images={images} />
      <div
        ref={grid}
        class={picked.value ? "grid picking" : "grid"}
        role="grid"
        aria-multiselectable={picked.value !== null}
        tabIndex={0}
        aria-label={t("list.label")}
        aria-describedby="list-keys"
        aria-rowcount={images.length + 1}
        onKeyDown={key}
        onFocus={() => {
          if (active.value === null) active.value = images[seen.current.first]?.index ?? null;
        }}
      >
        <Heads />
        <div ref={body} class="grid-body" role="rowgroup" style={{ height: `${Math.max(1, places) * row_height}px` }} onClick={click}>
          <div ref={holder} class="rows" role="presentation" />
          {images.length === 0 && (
            <div role="row" class="nothing">
              <span role="gridcell">{!open.loaded.value ? t("common.loading") : job && job.images > 0 ? t("list.nothing") : job?.planning || job?.state === "receiving" ? t("job.planning") : t("job.empty")}</span>
            </div>
          )}
        </div>
      </div>
      <p id="list-keys" class="hint keys">
        {t("list.keys")}
      </p>
    </div>
  );
};
