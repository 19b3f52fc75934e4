import { signal } from "@preact/signals";
import { recall, remember } from "../state/storage";
import type { AnyCatalogue, Args, Key } from "./catalogue";
import { en } from "./en";

export const languages = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
  { code: "fr", name: "Français" },
  { code: "es", name: "Español" },
  { code: "nl", name: "Nederlands" },
  { code: "ru", name: "Русский" },
  { code: "da", name: "Dansk" },
] as const;
export type Language = (typeof languages)[number]["code"];

/** English is part of the page; the other languages are loaded on demand. */
const load: Record<Exclude<Language, "en">, () => Promise<AnyCatalogue>> = {
  de: async () => (await import("./de")).de,
  fr: async () => (await import("./fr")).fr,
  es: async () => (await import("./es")).es,
  nl: async () => (await import("./nl")).nl,
  ru: async () => (await import("./ru")).ru,
  da: async () => (await import("./da")).da,
};

interface Speech {
  language: Language;
  catalogue: AnyCatalogue;
  plural: Intl.PluralRules;
  number: Intl.NumberFormat;
}

const speechOf = (language: Language, catalogue: AnyCatalogue): Speech => ({
  language,
  catalogue,
  plural: new Intl.PluralRules(language),
  number: new Intl.NumberFormat(language),
});

export const speech = signal<Speech>(speechOf("en", en));

/** Returns a sentence. A component that reads it rerenders when the language changes. */
export const t = <K extends Key>(key: K, ...[values]: Args<K>): string => {
  const { catalogue, plural, number } = speech.value;
  const message = catalogue[key];
  const given = (values ?? {}) as Record<string, string | number>;
  const text =
    typeof message === "string"
      ? message
      : (message[plural.select(Number(given["count"])) as "one"] ?? message.other ?? "");
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name];
    return typeof value === "number" ? number.format(value) : (value ?? "");
  });
};

/** Returns the first of the preferred languages that has a catalogue. */
export const pickLanguage = (wanted: readonly string[]): Language => {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    const found = languages.find((row) => row.code === base);
    if (found) return found.code;
  }
  return "en";
};

export const setLanguage = async (language: Language, choice: "chosen" | "found"): Promise<void> => {
  const catalogue = language === "en" ? en : await load[language]();
  speech.value = speechOf(language, catalogue);
  document.documentElement.lang = language;
  if (choice === "chosen") remember("language", language);
};

export const startLanguage = (): Promise<void> => {
  const chosen = recall("language");
  return setLanguage(pickLanguage(chosen ? [chosen] : navigator.languages), "found").catch(() => undefined);
};
