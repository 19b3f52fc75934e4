import { useComputed } from "@preact/signals";
import type { Image } from "../api/types";
import { t } from "../i18n";
import { bytes, change, duration, number, percent, score } from "../i18n/format";
import { isOver, type OpenJob } from "../state/job";
import { savedShare } from "../state/order";
import { go, hrefOf } from "../state/route";
import { statisticsOf, type Bin } from "../state/statistics";
import { useThumbnail } from "../state/thumbnails";
import { FileName } from "../ui/controls";
import { PictureIcon } from "../ui/icons";

/** A bar chart; the table below it gives the same data in accessible form. */
const Histogram = ({ title, hint, bins, label }: { title: string; hint: string; bins: Bin[]; label: (value: number) => string }) => {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <section class="card histogram">
      <h2>{title}</h2>
      <p class="hint">{hint}</p>
      <div class="bars" aria-hidden="true">
        {bins.map((bin) => (
          <div key={bin.from} class="column" title={`${t("summary.range", { from: label(bin.from), to: label(bin.to) })}: ${number(bin.count)}`}>
            <span class="column-count">{bin.count > 0 ? number(bin.count) : ""}</span>
            <span class={bin.count > 0 ? "column-bar" : "column-bar zero"} style={{ height: `${(bin.count / most) * 100}%` }} />
            <span class="column-label">{label(bin.from)}</span>
          </div>
        ))}
      </div>
      <details>
        <summary class="link">{t("summary.table")}</summary>
        <table>
          <tbody>
            {bins.map((bin) => (
              <tr key={bin.from}>
                <th scope="row">{t("summary.range", { from: label(bin.from), to: label(bin.to) })}</th>
                <td>{t("common.images", { count: bin.count })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
};

const Line = ({ open, image }: { open: OpenJob; image: Image }) => {
  const url = useThumbnail(open.imagePath(image.index, "/thumbnail?size=96"));
  const to = { view: "image", job: open.id, index: image.index } as const;
  const saved = savedShare(image) ?? 0;
  return (
    <li>
      <a
        href={hrefOf(to)}
        onClick={(event) => {
          event.preventDefault();
          go(to);
        }}
      >
        <span class="thumb">{url && url !== "none" ? <img src={url} alt="" width={48} height={48} /> : <PictureIcon />}</span>
        <span class="cut"><FileName name={image.name} /></span>
        <span class="line-sizes">
          {image.state === "done" && image.optimized_size !== null ? (
            <>
              <strong class="gain">{change(saved)}</strong>
              <span class="hint">
                {bytes(image.original_size)} → {bytes(image.optimized_size)}
              </span>
            </>
          ) : (
            <span class="hint">{bytes(image.original_size)}</span>
          )}
        </span>
      </a>
    </li>
  );
};

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

export const Summary = ({ open }: { open: OpenJob }) => {
  const statistics = useComputed(() => {
    void open.changed.value;
    return statisticsOf(open.rows);
  });
  const job = open.job.value;
  if (!job) return null;
  const { savings, scores, best, kept } = statistics.value;
  const saved = job.bytes_before - job.bytes_after;
  return (
    <div class="summary">
      {!isOver(job) && <p class="note">{t("summary.wait")}</p>}
      <dl class="card facts">
        <Fact name={t("summary.saved")} value={`${bytes(Math.max(0, saved))}${job.bytes_before > 0 ? ` (${percent(Math.max(0, saved / job.bytes_before))})` : ""}`} />
        <Fact name={t("summary.before")} value={bytes(job.bytes_before)} />
        <Fact name={t("summary.after")} value={bytes(job.bytes_after)} />
        <Fact name={t("summary.meanScore")} value={job.mean_score === null ? "–" : score(job.mean_score)} />
        <Fact name={t("summary.lowestScore")} value={job.lowest_score === null ? "–" : score(job.lowest_score)} />
        <Fact name={t("summary.time")} value={duration(job.elapsed_ms)} />
      </dl>
      <p class="hint score-hint">{t("score.what")}</p>
      <Histogram title={t("summary.savings")} hint={t("summary.savingsHint")} bins={savings} label={(value) => percent(value, 0)} />
      <Histogram title={t("summary.scores")} hint={t("summary.scoresHint")} bins={scores} label={(value) => number(value)} />
      <section class="card ten">
        <h2>{t("summary.best")}</h2>
        {best.length > 0 ? (
          <ol>
            {best.map((image) => (
              <Line key={image.index} open={open} image={image} />
            ))}
          </ol>
        ) : (
          <p class="hint">{t("summary.bestNone")}</p>
        )}
      </section>
      <section class="card ten">
        <h2>{t("summary.kept")}</h2>
        <p class="hint">{t(kept.length > 0 ? "summary.keptHint" : "summary.keptNone")}</p>
        {kept.length > 0 && (
          <ol>
            {kept.map((image) => (
              <Line key={image.index} open={open} image={image} />
            ))}
          </ol>
        )}
      </section>
    </div>
  );
};
