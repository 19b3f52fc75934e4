import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyCatalogue, Key } from "./catalogue";
import { da } from "./da";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { pickLanguage } from "./index";
import { nl } from "./nl";
import { ru } from "./ru";

const others: Record<string, AnyCatalogue> = { de, fr, es, nl, ru, da };
const texts = (message: AnyCatalogue[Key]): string[] => (typeof message === "string" ? [message] : Object.values(message));
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("every sentence is filled in the same way in every language", () => {
  for (const [language, catalogue] of Object.entries(others)) {
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(en).sort(), language);
    for (const key of Object.keys(en) as Key[]) {
      const message = catalogue[key];
      const expected = names(texts(en[key]).at(-1) ?? "");
      for (const text of texts(message)) {
        assert.ok(text.trim().length > 0, `${language} ${key}`);
        assert.deepEqual(names(text), expected, `${language} ${key}`);
      }
    }
  }
});

test("every plural form that a language has is there", () => {
  for (const [language, catalogue] of Object.entries({ en, ...others })) {
    const rules = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of Object.keys(en) as Key[]) {
      const message = catalogue[key];
      if (typeof message !== "string") assert.deepEqual(Object.keys(message).sort(), [...rules].sort(), `${language} ${key}`);
    }
  }
});

test("the browser's first wish that can be met is met", () => {
  assert.equal(pickLanguage(["pt-BR", "de-AT", "en"]), "de");
  assert.equal(pickLanguage(["ja"]), "en");
  assert.equal(pickLanguage([]), "en");
});

test("no sentence is left over", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const path = await import("node:path");
  const source = path.join(process.cwd(), "src");
  let code = "";
  for (const folder of ["views", "ui"]) for (const name of readdirSync(path.join(source, folder))) code += readFileSync(path.join(source, folder, name), "utf8");
  // Keys that are built from a word, such as word.good.
  const built = /^(word|preset|keep|size|position|effort|state|image|filter|sort|tab|theme|format|reason|look)\./;
  assert.deepEqual(Object.keys(en).filter((key) => !built.test(key) && !code.includes(`"${key}"`)), []);
});
