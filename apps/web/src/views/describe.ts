import type { Image, Settings } from "../api/types";
import { t } from "../i18n";
import { number } from "../i18n/format";
import { wordOf } from "../state/choices";
import { formatName } from "./formats";

const sizeOf = (resize: NonNullable<Settings["resize"]>): string => {
  const { mode, size, width, height, percent } = resize;
  if (mode === "percent") return `${number(percent ?? 100)} %`;
  if (mode === "none") return t("size.none");
  const sides = mode === "fit" ? [width, height] : [mode === "width" ? width : mode === "height" ? height : size];
  return `${t(mode === "fit" && resize.fit === "cover" ? "size.cover" : `size.${mode}`)} ${sides.map((side) => number(side ?? 0)).join(" × ")} px`;
};

/** The requested settings as text. */
export const describe = (settings: Settings): string[] => {
  const { target, lossless, outputFormat: format = "original", resize, keep, effort = "balanced" } = settings;
  const said: string[] = [];
  if (lossless) said.push(t("settings.lossless"));
  else if (target !== undefined) said.push(typeof target === "number" ? `${t(`word.${wordOf(target)}`)} (${number(target)})` : String(target));
  said.push(`${t("settings.format")}: ${format === "original" || format === "auto" ? t(`format.${format}`) : formatName(format)}`);
  said.push(`${t("settings.size")}: ${resize ? sizeOf(resize) : t("size.none")}`);
  said.push(`${t("settings.keep")}: ${Array.isArray(keep) ? keep.join(", ") : t(`keep.${keep ?? "some"}`)}`);
  said.push(`${t("settings.effort")}: ${t(`effort.${effort}`)}`);
  return said;
};

const leafOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** The result of an image: its new name if that has changed, format and pixels; and its folder. */
export const outcomeOf = (image: Image): string => {
  const { name, output_name, input_format, format, width, height } = image;
  const folder = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  const formats = [...new Set([input_format, format])].filter((some) => some !== null).map(formatName).join(" → ");
  const renamed = output_name !== null && leafOf(output_name) !== leafOf(name) ? leafOf(output_name) : "";
  const pixels = width !== null && height !== null ? `${number(width)} × ${number(height)}` : "";
  return [renamed, formats, pixels, folder].filter((some) => some !== "").join(" · ");
};
