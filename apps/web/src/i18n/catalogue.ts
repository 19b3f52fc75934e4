import type { en } from "./en";

export type PluralRule = "one" | "few" | "many" | "other";
/** One sentence per plural form of the language. */
export type Plural<Rules extends PluralRule> = Record<Rules, string>;

export type Key = keyof typeof en;

/**
 * All sentences in one language. A missing key or plural form does not compile. A test compares the
 * placeholders ({name}) with those in English.
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

/** The arguments of a sentence: none, or a value for each of its placeholders. */
export type Args<K extends Key> = keyof Values<K> extends never ? [] : [Values<K>];
