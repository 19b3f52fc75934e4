import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Image, OutputFormat, Variant } from "../api/types";
import { t } from "../i18n";
import { bytes, change, number, score } from "../i18n/format";
import { highest_target, lossless_formats, lowest_target, target_words, wordOf } from "../state/choices";
import type { OpenJob } from "../state/job";
import { keyOf, settingsFor, withTried, type Trial } from "../state/trial";
import { Button, NumberField, Select, Switch } from "../ui/controls";
import { CheckIcon, Mark } from "../ui/icons";
import { attempt, tell, tellError } from "../ui/toast";
import { formatName, formatOptions } from "./formats";

const usual_target = 80;

/** One image in other formats and qualities, as a list; the stage shows the chosen one. */
export const Qualities = ({ open, image, shown }: { open: OpenJob; image: Image; shown: Signal<Variant | null> }) => {
  const base = image.settings ?? open.job.value?.settings ?? {};
  const format = useSignal<OutputFormat>(base.outputFormat ?? "original");
  const still = useSignal(base.animation === "first-frame");
  const tried = useSignal<ReadonlyMap<string, Variant>>(new Map());
  const busy = useSignal<string | null>(null);
  const other = useSignal(75);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const moves = (image.frames ?? 1) > 1 || (shown.value?.frames ?? 1) > 1 || still.value;
  const trialOf = (target: number | null): Trial => ({ format: format.value, target, still: still.value });

  const attemptOne = async (trial: Trial): Promise<Variant | null> => {
    busy.value = keyOf(trial);
    try {
      const variant = await open.variant(image.index, settingsFor(base, trial));
      if (!alive.current) return null;
      tried.value = withTried(tried.value, trial, variant);
      return variant;
    } catch (error) {
      tellError(error);
      return null;
    } finally {
      busy.value = null;
    }
  };
  const tryOne = async (target: number | null) => {
    const trial = trialOf(target);
    const variant = tried.value.get(keyOf(trial)) ?? (await attemptOne(trial));
    // The user may have switched to another format meanwhile.
    if (variant && keyOf(trial) === keyOf(trialOf(target))) shown.value = variant;
  };
  const tryAll = async () => {
    const trials = targets.map(trialOf);
    for (const trial of trials) if (!tried.value.has(keyOf(trial)) && !(await attemptOne(trial))) return;
  };
  /** Switches the format and shows it at the quality that the image has now. */
  const turn = (some: { format?: OutputFormat; still?: boolean }) => {
    if (some.format !== undefined) format.value = some.format;
    if (some.still !== undefined) still.value = some.still;
    shown.value = null;
    const lossless = base.lossless === true && lossless_formats.includes(format.value);
    void tryOne(lossless ? null : (base.target ?? usual_target));
  };
  const use = attempt(async () => {
    const variant = shown.value;
    if (!variant) return;
    await open.use(image.index, variant.variant);
    shown.value = null;
    tell(t("compare.used"));
  });

  const mine = [...tried.value].filter(([key]) => key.startsWith(`${format.value} `));
  const own_targets = mine.map(([, variant]) => variant.settings.target).filter((target) => target !== undefined);
  const targets: (number | null)[] = [...new Set([...target_words.map((row) => row.target), ...own_targets])].sort((a, b) => a - b);
  if (lossless_formats.includes(format.value)) targets.push(null);
  const row = (size: number, made: string, value: number | null) => (
    <>
      <span class="quality-size">{bytes(size)}</span>
      <span class={size < image.original_size ? "gain" : "soft"}>{change(1 - size / Math.max(1, image.original_size))}</span>
      <span class="quality-score">
        {formatName(made)} · {t("compare.score")} {value === null ? "–" : score(value)}
      </span>
    </>
  );
  return (
    <section class="qualities" aria-labelledby="qualities-title">
      <div class="panel-head">
        <h2 id="qualities-title">{t("compare.qualities")}</h2>
        <Button kind="plain" disabled={busy.value !== null} onClick={() => void tryAll()}>
          {t("compare.tryAll")}
        </Button>
      </div>
      <p class="hint">{t("compare.qualitiesHint")}</p>
      <Select label={t("settings.format")} value={format.value} options={formatOptions(false)} disabled={busy.value !== null} onChange={(value) => turn({ format: value })} />
      {moves && <Switch label={t("compare.firstFrame")} hint={t("compare.firstFrameHint")} checked={still.value} disabled={busy.value !== null} onChange={(value) => turn({ still: value })} />}
      <ul>
        <li>
          <button type="button" class="quality" aria-pressed={shown.value === null} onClick={() => (shown.value = null)}>
            <span class="quality-name">
              {t("compare.current")} <CheckIcon size={15} />
            </span>
            {row(image.optimized_size ?? image.original_size, image.format ?? "", image.score)}
          </button>
        </li>
        {targets.map((target) => {
          const key = keyOf(trialOf(target));
          const variant = tried.value.get(key);
          return (
            <li key={key}>
              <button
                type="button"
                class={variant ? "quality" : "quality untried"}
                aria-pressed={variant !== undefined && shown.value === variant}
                disabled={!variant && busy.value !== null}
                onClick={() => void tryOne(target)}
              >
                <span class="quality-name">
                  {target === null ? (
                    t("settings.lossless")
                  ) : (
                    <>
                      {t(`word.${wordOf(target)}`)} <span class="soft">{number(target)}</span>
                    </>
                  )}
                </span>
                {variant ? row(variant.size, variant.format, variant.score) : <span class="quality-try">{busy.value === key ? <Mark size={16} turning /> : t("compare.try")}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void tryOne(other.value);
        }}
      >
        <NumberField label={t("settings.target")} title={t("settings.targetHint")} value={other.value} min={lowest_target} max={highest_target} onChange={(value) => (other.value = value)} />
        <Button type="submit" disabled={busy.value !== null}>
          {t("compare.try")}
        </Button>
      </form>
      <Button kind="primary" class="use" disabled={shown.value === null} onClick={use}>
        <CheckIcon /> {t("compare.use")}
      </Button>
    </section>
  );
};
