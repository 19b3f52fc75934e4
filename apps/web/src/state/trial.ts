import type { OutputFormat, Settings, Variant } from "../api/types";

/** The server keeps so many variants of an image, the last ones. */
export const variants_kept = 8;

/** What a single image is tried with. */
export interface Trial {
  format: OutputFormat;
  /** A score; null: without loss. */
  target: number | null;
  /** Of an animation the first frame only. */
  still: boolean;
}

export const keyOf = ({ format, target, still }: Trial): string => `${format} ${target ?? "lossless"}${still ? " still" : ""}`;

/** The job's settings, but for what is tried; what is stored without loss is not spared, or all qualities would be the same. */
export const settingsFor = (settings: Settings, { format, target, still }: Trial): Settings => {
  const rest: Settings & Record<string, unknown> = { ...settings };
  for (const field of ["quality", "target", "lossless", "spareLossless", "maxBytes", "outputFormat"]) delete rest[field];
  if (format !== "original") rest.outputFormat = format;
  if (still) rest.animation = "first-frame";
  return target === null ? { ...rest, lossless: true } : { ...rest, target };
};

/** What was tried, oldest first, with one more; the server has forgotten those that fall out. */
export const withTried = (tried: ReadonlyMap<string, Variant>, trial: Trial, variant: Variant): ReadonlyMap<string, Variant> => {
  const rest = [...tried].filter(([key]) => key !== keyOf(trial));
  return new Map([...rest, [keyOf(trial), variant] as const].slice(-variants_kept));
};
