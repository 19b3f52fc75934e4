import type { Effort, OutputFormat, Settings } from "../api/types";

/** The resize modes that take one number, and a box that is covered. */
export const resize_choices = ["none", "longest", "shortest", "width", "height", "cover", "percent"] as const;
export const position_choices = ["attention", "centre"] as const;

/** The choices in the settings panel, deliberately few. */
export interface Choices {
  lossless: boolean;
  /** Minimum SSIMULACRA 2.1 score of outputs; 30..100; ignored if lossless. */
  target: number;
  format: OutputFormat;
  resize: (typeof resize_choices)[number];
  /** Length of the side that `resize` names. */
  pixels: number;
  /** For percent: 1..100. */
  percent: number;
  /** For cover, pixels. */
  boxWidth: number;
  boxHeight: number;
  /** For cover: what stays of what protrudes. */
  position: (typeof position_choices)[number];
  keep: "some" | "all" | "none";
  effort: Effort;
}

export const lowest_target = 30;
export const highest_target = 95;
/** The labels of the slider and their scores. */
export const target_words = [
  { target: 60, word: "small" },
  { target: 70, word: "good" },
  { target: 80, word: "same" },
  { target: 85, word: "excellent" },
  { target: 90, word: "identical" },
] as const;

export const default_choices: Choices = {
  lossless: false,
  target: 80,
  format: "original",
  resize: "none",
  pixels: 1600,
  percent: 50,
  boxWidth: 800,
  boxHeight: 800,
  position: "attention",
  keep: "some",
  effort: "balanced",
};

export interface Preset {
  id: string;
  /**
   * The name of a preset saved by the user; null: a built-in one, whose name is in the catalogues.
   */
  name: string | null;
  choices: Choices;
}

export const built_in_presets: readonly Preset[] = [
  { id: "same", name: null, choices: default_choices },
  { id: "web", name: null, choices: { ...default_choices, format: "auto", resize: "longest", pixels: 2048, keep: "none" } },
  { id: "photos", name: null, choices: { ...default_choices, target: 85, keep: "all" } },
  { id: "archive", name: null, choices: { ...default_choices, lossless: true, keep: "all", effort: "max" } },
  { id: "email", name: null, choices: { ...default_choices, target: 70, resize: "longest", pixels: 1600, keep: "none" } },
];

/** The label for a target: that of the highest score that it reaches. */
export const wordOf = (target: number): (typeof target_words)[number]["word"] => {
  let word: (typeof target_words)[number]["word"] = target_words[0].word;
  for (const row of target_words) if (target >= row.target) word = row.word;
  return word;
};

/** Formats that can store anything losslessly. */
export const lossless_formats: readonly OutputFormat[] = ["original", "auto", "png", "webp", "jxl"];

export const toSettings = (choices: Choices): Settings => {
  const settings: Settings = choices.lossless
    ? { lossless: true }
    : { target: choices.target, spareLossless: true };
  if (choices.format !== "original") settings.outputFormat = choices.format;
  if (choices.resize === "percent") settings.resize = { mode: "percent", percent: choices.percent };
  const { resize: mode, pixels } = choices;
  if (mode === "longest" || mode === "shortest") settings.resize = { mode, size: pixels };
  if (mode === "width") settings.resize = { mode, width: pixels };
  if (mode === "height") settings.resize = { mode, height: pixels };
  if (mode === "cover") {
    settings.resize = { mode: "fit", fit: "cover", width: choices.boxWidth, height: choices.boxHeight };
    if (choices.position === "attention") settings.crop = { position: "attention" };
  }
  if (choices.keep !== "some") settings.keep = choices.keep;
  if (choices.effort !== "balanced") settings.effort = choices.effort;
  // An animation among the pictures must not fail.
  settings.animation = "keep";
  return settings;
};

/** Returns the choices that give these settings, or the nearest ones. */
export const fromSettings = (settings: Settings): Choices => {
  const { resize, keep } = settings;
  const found: Choices = {
    ...default_choices,
    lossless: settings.lossless === true,
    format: settings.outputFormat ?? "original",
    keep: keep === "all" || keep === "none" ? keep : "some",
    effort: settings.effort ?? "balanced",
  };
  if (typeof settings.target === "number") found.target = settings.target;
  if (resize?.mode === "fit" && resize.fit === "cover") {
    const { width: boxWidth = 0, height: boxHeight = 0 } = resize;
    const position = settings.crop?.position === "attention" ? "attention" : "centre";
    return normalise({ ...found, resize: "cover", boxWidth, boxHeight, position });
  }
  if (!resize || resize.mode === "none" || resize.mode === "fit") return normalise(found);
  const { mode, size, width, height, percent } = resize;
  if (mode === "percent") return normalise(percent === undefined ? found : { ...found, resize: mode, percent });
  const pixels = mode === "width" ? width : mode === "height" ? height : size;
  return normalise(pixels === undefined ? found : { ...found, resize: mode, pixels });
};

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(value)));

/**
 * Returns the rounded value if it is in range, else the default: nobody means a picture of -5
 * pixels.
 */
const within_or = (value: number, low: number, high: number, usual: number) => (value >= low && value <= high ? Math.round(value) : usual);

/** Brings every number into its range, and the format into the allowed set. */
export const normalise = (choices: Choices): Choices => ({
  ...choices,
  target: clamp(choices.target || default_choices.target, lowest_target, highest_target),
  pixels: within_or(choices.pixels, 1, 65535, default_choices.pixels),
  percent: within_or(choices.percent, 1, 100, default_choices.percent),
  boxWidth: within_or(choices.boxWidth, 1, 65535, default_choices.boxWidth),
  boxHeight: within_or(choices.boxHeight, 1, 65535, default_choices.boxHeight),
  position: position_choices.includes(choices.position) ? choices.position : default_choices.position,
  format: choices.lossless && !lossless_formats.includes(choices.format) ? "original" : choices.format,
});

export const sameChoices = (a: Choices, b: Choices): boolean =>
  JSON.stringify(toSettings(normalise(a))) === JSON.stringify(toSettings(normalise(b)));

const within = (value: unknown, allowed: readonly unknown[]): boolean => allowed.includes(value);

/** Storage may contain anything: choices of an older version, or edits by the user. */
export const isChoices = (value: unknown): value is Choices => {
  if (typeof value !== "object" || value === null) return false;
  const some = value as Record<keyof Choices, unknown>;
  return (
    typeof some.lossless === "boolean" &&
    [some.target, some.pixels, some.percent].every((number) => typeof number === "number" && Number.isFinite(number)) &&
    within(some.format, ["original", "auto", "jpeg", "png", "webp", "avif", "jxl", "gif", "tiff"]) &&
    within(some.resize, resize_choices) &&
    within(some.keep, ["some", "all", "none"]) &&
    within(some.effort, ["fast", "balanced", "max"])
  );
};

export const isPresets = (value: unknown): value is Preset[] =>
  Array.isArray(value) &&
  value.every((row: unknown) => {
    const preset = row as Partial<Preset> | null;
    return typeof preset?.id === "string" && typeof preset.name === "string" && isChoices(preset.choices);
  });
