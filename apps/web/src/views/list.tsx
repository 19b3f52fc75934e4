import { signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Image, Job } from "../api/types";
import { t } from "../i18n";
import { bytes, change, number, score } from "../i18n/format";
import { arrange, as_added, savedShare, type Arrangement, type Filter, type SortKey } from "../state/order";
import type { OpenJob } from "../state/job";
import { go } from "../state/route";
import { useThumbnail } from "../state/thumbnails";
import { visibleRows } from "../state/window";
import { Button, Segmented, Select } from "../ui/controls";
import { CheckIcon, DownIcon, Mark, RetryIcon, SearchIcon, UpIcon, WarnIcon } from "../ui/icons";
import { attempt } from "../ui/toast";

/** Must be the --row of list.css: positions are computed, never measured. */
const row_height = 64;
const extra_rows = 3;
/** More rows than any screen shows at once. */
const most_rows = 128;
const filters: readonly Filter[] = ["all", "smaller", "kept", "failed", "open"];
const sorts: readonly SortKey[] = ["added", "name", "before", "after", "saved", "score", "state"];

const how = signal<Arrangement>(as_added);
/** The image that was last looked at; coming back to the list finds it again. */
const active = signal<number | null>(null);

export const listFilter = (filter: Filter): void => {
  how.value = { ...as_added, filter };
};
export const resetList = (): void => {
  how.value = as_added;
  active.value = null;
};
/** The arrangement that "next" and "previous" of the comparison follow. */
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

const Thumbnail = ({ open, image }: { open: OpenJob; image: Image }) => {
  const url = useThumbnail(image.state === "failed" ? null : open.imagePath(image.index, "/thumbnail?size=96"));
  return (
    <span class="thumb">
      {url && url !== "none" && <img src={url} alt="" width={48} height={48} decoding="async" />}
    </span>
  );
};

const StateMark = ({ image }: { image: Image }) => {
  const text = t(`image.${image.state}`);
  return (
    <span class={`state ${image.state}`}>
      {image.state === "done" || image.state === "kept" ? <CheckIcon size={16} /> : image.state === "working" ? <Mark size={16} turning /> : image.state === "failed" ? <WarnIcon size={16} /> : null}
      <span class="state-text">{text}</span>
    </span>
  );
};

const Row = ({ open, image, at, top, selected }: { open: OpenJob; image: Image; at: number; top: number; selected: boolean }) => {
  const saved = savedShare(image);
  const slash = image.name.lastIndexOf("/") + 1;
  const failed = image.state === "failed" || image.state === "cancelled";
  return (
    <div
      class={`row ${image.state}${selected ? " selected" : ""}`}
      role="row"
      id={`row-${image.index}`}
      aria-rowindex={at + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => {
        active.value = image.index;
        go({ view: "image", job: open.id, index: image.index });
      }}
    >
      <span role="gridcell" class="cell-thumb">
        <Thumbnail open={open} image={image} />
      </span>
      <span role="gridcell" class="cell-name">
        <span class="name-line" title={image.name}>
          <span class="cut">{image.name.slice(slash)}</span>
        </span>
        <span class="hint cut" {...(image.error ? { lang: "en" } : {})}>
          {image.error ? image.error.message : slash > 0 ? image.name.slice(0, slash - 1) : (image.format ?? image.input_format ?? "")}
        </span>
      </span>
      <span role="gridcell" class="cell-before">
        {bytes(image.original_size)}
      </span>
      <span role="gridcell" class="cell-after">
        {image.optimized_size !== null && (
          <>
            <span class="arrow" aria-hidden="true">
              →
            </span>
            {bytes(image.optimized_size)}
          </>
        )}
      </span>
      <span role="gridcell" class="cell-saved">
        {saved !== null && (
          <>
            <span class={saved > 0 ? "gain" : "soft"}>{change(saved)}</span>
            <span class="mini" aria-hidden="true">
              <span style={{ width: `${Math.max(0, saved) * 100}%` }} />
            </span>
          </>
        )}
      </span>
      <span role="gridcell" class="cell-score">
        {image.score !== null ? score(image.score) : ""}
      </span>
      <span role="gridcell" class="cell-state">
        {failed ? (
          <Button
            kind="quiet"
            class="row-retry"
            aria-label={`${t("common.retry")}: ${image.name}`}
            tabIndex={-1}
            onClick={(event) => {
              event.stopPropagation();
              attempt(() => open.retry([image.index]))();
            }}
          >
            <RetryIcon size={16} /> <span class="state-text">{t("common.retry")}</span>
          </Button>
        ) : (
          <StateMark image={image} />
        )}
      </span>
    </div>
  );
};

const Toolbar = ({ job }: { job: Job }) => {
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
      </div>
    </div>
  );
};

const Heads = () => {
  const now = how.value;
  const head = (sort: SortKey, name: string) => (
    <span role="columnheader" class={`cell-${name}`} aria-sort={now.sort === sort ? (now.descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        tabIndex={-1}
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
      {head("score", "score")}
      {head("state", "state")}
    </div>
  );
};

export const ImageList = ({ open }: { open: OpenJob }) => {
  const body = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const seen = useSignal({ first: 0, count: 30 });
  const order = useComputed(() => currentOrder(open));
  const images = order.value;
  const job = open.job.value;

  const look = () => {
    const element = body.current;
    if (!element) return;
    const next = visibleRows(order.peek().length, row_height, element.getBoundingClientRect().top, innerHeight, extra_rows);
    const { first, count } = seen.peek();
    if (next.first !== first || next.count !== count) seen.value = next;
  };
  useLayoutEffect(look, [images.length]);
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
    // Coming back from an image: there it is again, under the focus.
    if (active.peek() !== null) {
      reveal(order.peek().findIndex((image) => image.index === active.peek()));
      grid.current?.focus({ preventScroll: true });
    }
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
    // The toolbar sticks to the top and covers what is below it.
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
    } else if ((event.key === "Enter" || event.key === " ") && current) {
      event.preventDefault();
      go({ view: "image", job: open.id, index: current.index });
    } else if (event.key.toLowerCase() === "r" && current && (current.state === "failed" || current.state === "cancelled")) {
      attempt(() => open.retry([current.index]))();
    }
  };

  // Before the images are here, their places are: nothing below has to move when they come.
  const places = open.loaded.value ? images.length : Math.max(images.length, job?.images ?? 12);
  const { first, count } = seen.value;
  const slots = [];
  for (let at = first; at < Math.min(images.length, first + count); at += 1) {
    const image = images[at];
    if (!image) continue;
    // Keyed by place in the window, so that scrolling reuses rows instead of making new ones.
    slots.push(<Row key={at % most_rows} open={open} image={image} at={at} top={at * row_height} selected={image.index === active.value} />);
  }
  const here = active.value !== null && slots.length > 0 && images.slice(first, first + count).some((image) => image.index === active.value);
  return (
    <div class="images">
      {job ? <Toolbar job={job} /> : <div class="toolbar" />}
      <div
        ref={grid}
        class="grid"
        role="grid"
        tabIndex={0}
        aria-label={t("list.label")}
        aria-describedby="list-keys"
        aria-rowcount={images.length + 1}
        {...(here ? { "aria-activedescendant": `row-${active.value}` } : {})}
        onKeyDown={key}
        onFocus={() => {
          if (active.value === null && images[first]) active.value = images[first]?.index ?? null;
        }}
      >
        <Heads />
        <div ref={body} class="grid-body" role="rowgroup" style={{ height: `${Math.max(1, places) * row_height}px` }}>
          {slots}
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
