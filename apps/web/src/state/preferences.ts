import { effect, signal } from "@preact/signals";
import { built_in_presets, default_choices, isChoices, isPresets, normalise, type Choices, type Preset } from "./choices";
import { recall, recallJson, remember } from "./storage";

export const choices = signal<Choices>(normalise(recallJson("choices", isChoices) ?? default_choices));
export const own_presets = signal<readonly Preset[]>(recallJson("presets", isPresets) ?? []);

export const choose = (some: Partial<Choices>): void => {
  choices.value = normalise({ ...choices.value, ...some });
};

export const savePreset = (name: string): void => {
  const rest = own_presets.value.filter((preset) => preset.name !== name);
  own_presets.value = [...rest, { id: `own-${Date.now()}`, name, choices: choices.value }];
};

export const removePreset = (id: string): void => {
  own_presets.value = own_presets.value.filter((preset) => preset.id !== id);
};

export const all_presets = (): readonly Preset[] => [...built_in_presets, ...own_presets.value];

export type Theme = "system" | "light" | "dark";
const isTheme = (value: string | null): value is Theme => value === "system" || value === "light" || value === "dark";
const remembered_theme = recall("theme");
export const theme = signal<Theme>(isTheme(remembered_theme) ? remembered_theme : "system");

/** Saves changes, and applies the colour scheme to the document. */
export const keepPreferences = (): void => {
  effect(() => remember("choices", JSON.stringify(choices.value)));
  effect(() => remember("presets", JSON.stringify(own_presets.value)));
  effect(() => {
    remember("theme", theme.value === "system" ? null : theme.value);
    document.documentElement.dataset["theme"] = theme.value;
  });
};
