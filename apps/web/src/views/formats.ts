import type { OutputFormat } from "../api/types";
import { t } from "../i18n";
import { lossless_formats } from "../state/choices";
import { info } from "../state/session";

const names: Record<string, string> = { jpeg: "JPEG", png: "PNG", webp: "WebP", avif: "AVIF", jxl: "JPEG XL", gif: "GIF", tiff: "TIFF", heic: "HEIC", svg: "SVG" };
const offered: readonly OutputFormat[] = ["original", "auto", "jpeg", "png", "webp", "avif", "jxl"];

/** The usual spelling of a format's name. */
export const formatName = (format: string): string => names[format] ?? format.toUpperCase();

/** The formats to choose from; only lossless ones if requested. */
export const formatOptions = (lossless: boolean): { value: OutputFormat; label: string }[] => {
  const writable = new Set(info.value?.formats.filter((row) => row.write).map((row) => row.name) ?? offered);
  return offered
    .filter((format) => !lossless || lossless_formats.includes(format))
    .filter((format) => format === "original" || format === "auto" || writable.has(format))
    .map((value) => ({
      value,
      label: value === "original" ? t("format.original") : value === "auto" ? t("format.auto") : formatName(value),
    }));
};
