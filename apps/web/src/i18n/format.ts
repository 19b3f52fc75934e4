import { speech } from "./index";

const formats = new Map<string, Intl.NumberFormat>();
/** Formatters are expensive to create, and a scrolling list uses thousands. */
const format = (name: string, options: () => Intl.NumberFormatOptions): Intl.NumberFormat => {
  const { language } = speech.value;
  const key = language + name;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(language, options());
    formats.set(key, made);
  }
  return made;
};

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** The unit for a size, and the size in it: 999,950 bytes are 1 MB, not 1,000 kB. */
export const scaled = (bytes: number): { value: number; unit: (typeof units)[number]; digits: number } => {
  let value = bytes;
  let at = 0;
  const digitsOf = () => (at > 0 && Math.abs(value) < 9.995 ? 2 : at > 0 && Math.abs(value) < 99.95 ? 1 : 0);
  while (at < units.length - 1 && Number(Math.abs(value).toFixed(digitsOf())) >= 1000) {
    value /= 1000;
    at += 1;
  }
  return { value, unit: units[at] ?? "terabyte", digits: digitsOf() };
};

export const bytes = (size: number): string => {
  const { value, unit, digits } = scaled(size);
  return format(`${unit}${digits}`, () => ({
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  })).format(value);
};

export const number = (value: number): string => format("number", () => ({})).format(value);

/** 0.1234 -> 12.3%; never 100% while something is left, nor 0% if something is gone. */
export const percent = (share: number, digits = 1): string => {
  const step = 10 ** -(digits + 2);
  const held = share < 1 && share > 1 - step / 2 ? 1 - step : share > 0 && share < step / 2 ? step : share;
  return format(`percent${digits}`, () => ({ style: "percent", maximumFractionDigits: digits })).format(held);
};

/** The change in size with its sign: 0.4 saved -> -40%. */
export const change = (saved: number): string =>
  percent(saved === 0 ? 0 : -saved, Math.abs(saved) < 0.1 ? 1 : 0).replace("-", "\u2212");

/** Truncated, never rounded up: a score below its target must not look as if it reached it. */
export const score = (value: number): string =>
  format("score", () => ({ maximumFractionDigits: 1, minimumFractionDigits: 1 })).format(Math.floor(value * 10 + 1e-6) / 10);

/** A duration in words, in the largest unit that is precise enough. */
export const duration = (ms: number): string => {
  const seconds = ms / 1000;
  const say = (value: number, unit: string, digits = 0) =>
    format(`${unit}${digits}`, () => ({ style: "unit", unit, unitDisplay: "long", maximumFractionDigits: digits })).format(value);
  if (seconds < 10) return say(Math.max(0.1, seconds), "second", 1);
  if (seconds < 90) return say(Math.round(seconds), "second");
  if (seconds < 5400) return say(Math.round(seconds / 60), "minute");
  return say(seconds / 3600, "hour", 1);
};

export const date = (ms: number): string =>
  new Intl.DateTimeFormat(speech.value.language, { dateStyle: "medium", timeStyle: "short" }).format(ms);
