import { useSignal, type Signal } from "@preact/signals";
import { useRef, useEffect } from "preact/hooks";
import type { Image, Settings, Variant } from "../api/types";
import { t } from "../i18n";
import { bytes, change, number, score } from "../i18n/format";
import { highest_target, lowest_target, target_words, wordOf } from "../state/choices";
import type { OpenJob } from "../state/job";
import { Button, NumberField } from "../ui/controls";
import { CheckIcon, Mark } from "../ui/icons";
import { attempt, tell, tellError } from "../ui/toast";

/** The job's settings, but with another target; what is stored without loss is not spared, or all would be the same. */
export const withTarget = (settings: Settings, target: number): Settings => {
  const rest: Record<string, unknown> = { ...settings };
  for (const field of ["quality", "lossless", "spareLossless", "maxBytes"]) delete rest[field];
  return { ...rest, target };
};

export type Tried = ReadonlyMap<number, Variant>;

/** Several qualities of one image under each other; the chosen one is what the stage shows. */
export const Qualities = ({ open, image, shown }: { open: OpenJob; image: Image; shown: Signal<Variant | null> }) => {
  const tried = useSignal<Tried>(new Map());
  const busy = useSignal<number | null>(null);
  const other = useSignal(75);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const base = image.settings ?? open.job.value?.settings ?? {};

  const attemptOne = async (target: number): Promise<boolean> => {
    busy.value = target;
    try {
      const variant = await open.variant(image.index, withTarget(base, target));
      if (!alive.current) return false;
      tried.value = new Map(tried.value).set(target, variant);
      return true;
    } catch (error) {
      tellError(error);
      return false;
    } finally {
      busy.value = null;
    }
  };
  const tryOne = async (target: number) => {
    if (await attemptOne(target)) shown.value = tried.value.get(target) ?? null;
  };
  const tryAll = async () => {
    for (const { target } of target_words) {
      if (tried.value.has(target)) continue;
      if (!(await attemptOne(target))) return;
    }
  };
  const use = attempt(async () => {
    const variant = shown.value;
    if (!variant) return;
    await open.use(image.index, variant.variant);
    shown.value = null;
    tell(t("compare.used"));
  });

  const targets = [...new Set([...target_words.map((row) => row.target), ...tried.value.keys()])].sort((a, b) => a - b);
  const row = (size: number, value: number | null) => (
    <>
      <span class="quality-size">{bytes(size)}</span>
      <span class={size < image.original_size ? "gain" : "soft"}>{change(1 - size / Math.max(1, image.original_size))}</span>
      <span class="quality-score">
        {t("compare.score")} {value === null ? "–" : score(value)}
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
      <ul>
        <li>
          <button type="button" class="quality" aria-pressed={shown.value === null} onClick={() => (shown.value = null)}>
            <span class="quality-name">
              {t("compare.current")} <CheckIcon size={15} />
            </span>
            {row(image.optimized_size ?? image.original_size, image.score)}
          </button>
        </li>
        {targets.map((target) => {
          const variant = tried.value.get(target);
          return (
            <li key={target}>
              <button
                type="button"
                class={variant ? "quality" : "quality untried"}
                aria-pressed={variant !== undefined && shown.value === variant}
                disabled={!variant && busy.value !== null}
                onClick={() => (variant ? (shown.value = variant) : void tryOne(target))}
              >
                <span class="quality-name">
                  {t(`word.${wordOf(target)}`)} <span class="soft">{number(target)}</span>
                </span>
                {variant ? row(variant.size, variant.score) : <span class="quality-try">{busy.value === target ? <Mark size={16} turning /> : t("compare.try")}</span>}
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
