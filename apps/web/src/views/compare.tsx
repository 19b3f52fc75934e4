import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError, download } from "../api/client";
import type { Image, Variant } from "../api/types";
import { t } from "../i18n";
import { bytes, change, number, score } from "../i18n/format";
import { reasonOf } from "../i18n/reasons";
import type { OpenJob } from "../state/job";
import { go } from "../state/route";
import { usePicture } from "../state/thumbnails";
import type { Size } from "../state/view";
import { Button, Detail, FileName, Why } from "../ui/controls";
import { BackIcon, DownloadIcon, NextIcon, PictureIcon, RetryIcon, WarnIcon } from "../ui/icons";
import { attempt, tellError } from "../ui/toast";
import { formatName } from "./formats";
import { currentOrder } from "./list";
import { Qualities } from "./qualities";
import { Stage } from "./stage";

interface Sizes {
  before: Size | null;
  after: Size | null;
}

const sides = ({ width, height }: Size) => `${number(width)} × ${number(height)}`;

/** Details of the output, or of the variant that is shown in its place. */
const Details = ({ image, shown, sizes }: { image: Image; shown: Variant | null; sizes: Sizes }) => {
  const { before } = sizes;
  const after = sizes.after ?? (image.width !== null && image.height !== null && !shown ? { width: image.width, height: image.height } : null);
  const resized = before && after && (before.width !== after.width || before.height !== after.height);
  const format = shown?.format ?? image.format;
  const value = shown ? shown.score : image.score;
  const notes = shown ? shown.notes : image.notes;
  return (
    <section class="details" aria-labelledby="details-title">
      <h2 id="details-title">{t("compare.details")}</h2>
      <dl>
        {after && (
          <>
            <dt>{t("compare.dimensions")}</dt>
            <dd>{resized ? `${sides(before)} → ${sides(after)}` : sides(after)}</dd>
          </>
        )}
        <dt>{t("settings.format")}</dt>
        <dd>{[...new Set([image.input_format, format])].filter((some) => some !== null).map(formatName).join(" → ")}</dd>
        <dt>{t("compare.score")}</dt>
        <dd>{value === null ? "–" : score(value)}</dd>
      </dl>
      <p class="hint">{t("score.what")}</p>
      {notes.length > 0 && (
        <ul class="notes" lang="en">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
};

const Failed = ({ open, image }: { open: OpenJob; image: Image }) => {
  const reason = image.error && reasonOf(image.error);
  // The server's advice names an option; here it is a button.
  const several = image.error?.code === "unsupported" && image.error.advice.includes("--first-frame");
  const settings = image.settings ?? open.job.value?.settings ?? {};
  return (
    <div class="center-message">
      <WarnIcon size={36} />
      <h2>{t(`image.${image.state === "cancelled" ? "cancelled" : "failed"}`)}</h2>
      {reason && (
        <>
          <p>{reason.text}</p>
          <p>
            <strong>{t("compare.whatToDo")}:</strong> {reason.advice}
          </p>
          <p>
            <Detail text={reason.detail} />
          </p>
        </>
      )}
      {several && (
        <Button kind="primary" onClick={attempt(() => open.retry([image.index], { ...settings, animation: "first-frame" }))}>
          <PictureIcon /> {t("compare.takeFirst")}
        </Button>
      )}
      <Button kind={several ? "plain" : "primary"} onClick={attempt(() => open.retry([image.index]))}>
        <RetryIcon /> {t("common.retry")}
      </Button>
    </div>
  );
};

const Pictures = ({ open, image }: { open: OpenJob; image: Image }) => {
  const shown = useSignal<Variant | null>(null);
  const map_on = useSignal(false);
  const opacity = useSignal(0.8);
  const sizes = useSignal<Sizes>({ before: null, after: null });
  const of = shown.value ? `variant:${shown.value.variant}` : "output";
  // The part after # is not sent: it only marks a different picture.
  const version = shown.value ? "" : `#${image.sequence}`;
  const before = usePicture(open.imagePath(image.index, "/view?of=original"));
  const after = usePicture(open.imagePath(image.index, `/view?of=${of}${version}`));
  const map = usePicture(map_on.value ? open.imagePath(image.index, `/map?of=${of}${version}`) : null);
  useEffect(() => {
    if (map.error) {
      map_on.value = false;
      tellError(map.error);
    }
  }, [map.error]);
  const size = shown.value?.size ?? image.optimized_size ?? image.original_size;
  const failed = before.error ?? after.error;
  return (
    <>
      {failed ? (
        <div class="center-message">
          <PictureIcon size={36} />
          <p>{t("compare.noPicture")}</p>
          {failed instanceof ApiError && failed.status !== 0 && (
            <p class="hint">
              <Why said={failed} />
            </p>
          )}
        </div>
      ) : (
        <Stage
          before={before.url}
          after={after.url}
          map={map.url}
          mapOn={map_on.value}
          onMap={(on) => (map_on.value = on)}
          opacity={opacity.value}
          onOpacity={(value) => (opacity.value = value)}
          onSize={(which, size) => (sizes.value = { ...sizes.value, [which]: size })}
          beforeLabel={`${t("compare.before")} · ${bytes(image.original_size)}`}
          afterLabel={`${t("compare.after")} · ${bytes(size)} · ${change(1 - size / Math.max(1, image.original_size))}`}
        />
      )}
      <aside class="panel">
        <Qualities open={open} image={image} shown={shown} />
        <Details image={image} shown={shown.value} sizes={sizes.value} />
      </aside>
    </>
  );
};

export const Compare = ({ open, index }: { open: OpenJob; index: number }) => {
  void open.changed.value;
  const image = open.rows[index];
  const order = currentOrder(open);
  const at = order.findIndex((row) => row.index === index);
  const previous = at > 0 ? order[at - 1] : undefined;
  const next = at >= 0 ? order[at + 1] : undefined;
  const title = useRef<HTMLHeadingElement>(null);
  const back = () => go({ view: "job", job: open.id, tab: "images" });
  const show = (to: Image | undefined) => to && go({ view: "image", job: open.id, index: to.index }, "replace");
  // Before painting: the next key may come at once.
  useLayoutEffect(() => {
    title.current?.focus();
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape") back();
    };
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, [open]);
  const ready = image && (image.state === "done" || image.state === "kept");
  return (
    <div class="compare">
      <div class="compare-head">
        <Button kind="quiet" label={t("common.back")} onClick={back}>
          <BackIcon />
        </Button>
        <h1 ref={title} tabIndex={-1} class="cut">
          {image ? <FileName name={image.name} /> : "\u00a0"}
        </h1>
        {ready && (
          <Button kind="quiet" label={t("get.one")} onClick={attempt(() => download(open.imagePath(index, "/output"), (image.output_name ?? image.name).split("/").pop() ?? ""))}>
            <DownloadIcon />
          </Button>
        )}
        <Button kind="quiet" label={t("compare.previous")} disabled={!previous} onClick={() => show(previous)}>
          <BackIcon />
        </Button>
        <Button kind="quiet" label={t("compare.next")} disabled={!next} onClick={() => show(next)}>
          <NextIcon />
        </Button>
      </div>
      {!image ? (
        <p class="center-message hint">{open.refused.value ? t("job.gone") : t("common.loading")}</p>
      ) : ready ? (
        <Pictures key={image.index} open={open} image={image} />
      ) : image.state === "waiting" || image.state === "working" ? (
        <p class="center-message hint">{t("compare.notYet")}</p>
      ) : (
        <Failed open={open} image={image} />
      )}
    </div>
  );
};
