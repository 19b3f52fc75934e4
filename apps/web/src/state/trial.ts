import type { OutputFormat, Settings, Variant } from "../api/types";

/** The number of recent variants that the server keeps per image. */
export const variants_kept = 8;

/** The parameters of a trial with one image. */
export interface Trial {
  format: OutputFormat;
  /** A score; null: lossless. */
  target: number | null;
  /** Only the first frame of an animation. */
  still: boolean;
}

export const keyOf = ({ format, target, still }: Trial): string => `${format} ${target ?? "lossless"}${still ? " still" : ""}`;

/**
 * The job's settings with those of the trial. Lossless inputs are not spared, or all qualities
 * would give the same result.
 */
export const settingsFor = (settings: Settings, { format, target, still }: Trial): Settings => {
  const replaced = ["quality", "target", "lossless", "spareLossless", "maxBytes", "outputFormat"];
  const rest: Settings = Object.fromEntries(Object.entries(settings).filter(([field]) => !replaced.includes(field)));
  if (format !== "original") rest.outputFormat = format;
  if (still) rest.animation = "first-frame";
  return target === null ? { ...rest, lossless: true } : { ...rest, target };
};

/** Adds a trial to the list, oldest first; the server has deleted those that drop out. */
export const withTried = (tried: ReadonlyMap<string, Variant>, trial: Trial, variant: Variant): ReadonlyMap<string, Variant> => {
  const rest = [...tried].filter(([key]) => key !== keyOf(trial));
  return new Map([...rest, [keyOf(trial), variant] as const].slice(-variants_kept));
};
