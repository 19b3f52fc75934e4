import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { t } from "../i18n";
import type { Key } from "../i18n/catalogue";
import { highest_target, lowest_target, position_choices, resize_choices, sameChoices, target_words, wordOf, type Choices } from "../state/choices";
import { all_presets, choices, choose, removePreset, savePreset } from "../state/preferences";
import { Button, NumberField, Segmented, Select, Switch } from "../ui/controls";
import { CloseIcon, PlusIcon } from "../ui/icons";
import { formatOptions } from "./formats";

interface Fields {
  now: Choices;
  choose: (some: Partial<Choices>) => void;
}

/** `own`: presets may be saved and removed here. */
const PresetBar = ({ now, choose, own }: Fields & { own: boolean }) => {
  const naming = useSignal<string | null>(null);
  const save = (event: Event) => {
    event.preventDefault();
    const name = naming.value?.trim();
    if (name) savePreset(name);
    naming.value = null;
  };
  return (
    <div class="presets">
      <span class="label" id="presets-label">
        {t("settings.preset")}
      </span>
      <div class="chips" role="group" aria-labelledby="presets-label">
        {all_presets().map((preset) => {
          const label = preset.name ?? t(`preset.${preset.id}` as Key & "preset.web");
          const active = sameChoices(preset.choices, now);
          return (
            <span key={preset.id} class={own && preset.name !== null ? "chip-pair own" : "chip-pair"}>
              <button type="button" class="chip" aria-pressed={active} onClick={() => choose(preset.choices)}>
                {label}
              </button>
              {own && preset.name !== null && (
                <button type="button" class="chip-remove" aria-label={t("preset.remove", { name: label })} onClick={() => removePreset(preset.id)}>
                  <CloseIcon size={14} />
                </button>
              )}
            </span>
          );
        })}
        {own && naming.value === null && (
          <button type="button" class="chip add" onClick={() => (naming.value = "")}>
            <PlusIcon size={14} /> {t("preset.save")}
          </button>
        )}
      </div>
      {naming.value !== null && (
        <form class="inline" onSubmit={save}>
          <input
            type="text"
            maxLength={40}
            aria-label={t("preset.name")}
            placeholder={t("preset.name")}
            value={naming.value}
            ref={(input) => input?.focus()}
            onInput={(event) => (naming.value = event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && (naming.value = null)}
          />
          <Button kind="plain" type="submit">
            {t("common.save")}
          </Button>
        </form>
      )}
    </div>
  );
};

const Target = ({ now, choose }: Fields) => {
  const id = useId();
  const { target, lossless } = now;
  const word = wordOf(target);
  return (
    <div class="target">
      <div class="target-head">
        <label class="label" for={id}>
          {t("settings.quality")}
        </label>
        <NumberField hideLabel label={t("settings.target")} title={t("settings.targetHint")} value={target} min={lowest_target} max={highest_target} onChange={(value) => choose({ target: value, lossless: false })} />
      </div>
      <output class="word" for={id}>
        {lossless ? t("settings.lossless") : t(`word.${word}`)}
      </output>
      <input
        id={id}
        type="range"
        min={lowest_target}
        max={highest_target}
        step={1}
        value={target}
        disabled={lossless}
        aria-valuetext={`${t(`word.${word}`)}, ${target}`}
        style={{ "--part": `${((target - lowest_target) / (highest_target - lowest_target)) * 100}%` }}
        onInput={(event) => choose({ target: Number(event.currentTarget.value) })}
      />
      <div class="ticks" aria-hidden="true">
        {target_words.map((row) => (
          <button
            key={row.word}
            type="button"
            tabIndex={-1}
            disabled={lossless}
            class={row.word === word ? "tick on" : "tick"}
            style={{ left: `${((row.target - lowest_target) / (highest_target - lowest_target)) * 100}%` }}
            onClick={() => choose({ target: row.target })}
          >
            {row.target}
          </button>
        ))}
      </div>
      <p class="hint">{lossless ? t("settings.losslessHint") : t(`word.${word}.hint`)}</p>
      {!lossless && <p class="hint what">{t("score.what")}</p>}
    </div>
  );
};

export const SettingsFields = ({ now, choose, own = false }: Fields & { own?: boolean }) => {
  return (
    <>
      <PresetBar now={now} choose={choose} own={own} />
      <Target now={now} choose={choose} />
      <Switch label={t("settings.lossless")} checked={now.lossless} onChange={(lossless) => choose({ lossless })} />
      <Select label={t("settings.format")} value={now.format} options={formatOptions(now.lossless)} onChange={(format) => choose({ format })} />
      <div class="pair">
        <Select
          label={t("settings.size")}
          value={now.resize}
          options={resize_choices.map((value) => ({ value, label: t(`size.${value}`) }))}
          onChange={(resize) => choose({ resize })}
        />
        {now.resize === "cover" ? (
          <Select
            label={t("size.position")}
            value={now.position}
            options={position_choices.map((value) => ({ value, label: t(`position.${value}`) }))}
            onChange={(position) => choose({ position })}
          />
        ) : now.resize === "percent" ? (
          <NumberField label={t("size.percent")} value={now.percent} min={1} max={100} onChange={(percent) => choose({ percent })} />
        ) : (
          <div class={now.resize === "none" ? "unseen" : ""}>
            <NumberField label={t("size.pixels")} value={now.pixels} min={1} max={65535} onChange={(pixels) => choose({ pixels })} />
          </div>
        )}
      </div>
      {now.resize === "cover" && (
        <div class="pair">
          <NumberField label={t("size.boxWidth")} value={now.boxWidth} min={1} max={65535} onChange={(boxWidth) => choose({ boxWidth })} />
          <NumberField label={t("size.boxHeight")} value={now.boxHeight} min={1} max={65535} onChange={(boxHeight) => choose({ boxHeight })} />
        </div>
      )}
      <Select
        label={t("settings.keep")}
        value={now.keep}
        options={(["some", "all", "none"] as const).map((value) => ({ value, label: t(`keep.${value}`) }))}
        onChange={(keep) => choose({ keep })}
      />
      <Segmented
        legend={t("settings.effort")}
        value={now.effort}
        options={(["fast", "balanced", "max"] as const).map((value) => ({ value, label: t(`effort.${value}`) }))}
        onChange={(effort) => choose({ effort })}
      />
    </>
  );
};

/** The settings for new jobs. */
export const SettingsPanel = () => (
  <section class="card settings" aria-labelledby="settings-title">
    <h2 id="settings-title">{t("settings.title")}</h2>
    <SettingsFields own now={choices.value} choose={choose} />
  </section>
);
