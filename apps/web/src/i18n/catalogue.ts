import type { en } from "./en";

export type PluralRule = "one" | "few" | "many" | "other";
/** One sentence for each plural form that the language has. */
export type Plural<Rules extends PluralRule> = Record<Rules, string>;

export type Key = keyof typeof en;

/**
 * All sentences in one language. A missing key, or a plural form that the language has and the catalogue has not,
 * does not compile. Placeholders ({name}) are held together with English by a test.
 */
export type Catalogue<Rules extends PluralRule> = {
  readonly [K in Key]: (typeof en)[K] extends string ? string : Plural<Rules>;
};

export type AnyCatalogue = { readonly [K in Key]: string | Partial<Plural<PluralRule>> };

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type TextOf<K extends Key> = (typeof en)[K] extends { other: infer Other } ? Other : (typeof en)[K];
type Values<K extends Key> = (typeof en)[K] extends string
  ? Record<Names<TextOf<K>>, string | number>
  : Record<Exclude<Names<TextOf<K>>, "count">, string | number> & { count: number };

/** What a sentence needs to be said: nothing, or a value for each of its placeholders. */
export type Args<K extends Key> = keyof Values<K> extends never ? [] : [Values<K>];
