import { t } from "./index";
import type { Key } from "./catalogue";

/** Why something did not happen, as the server says it: a code, and its own words, which are English. */
export interface Said {
  code: string;
  message: string;
  advice: string;
  /** Of an image: where it failed. */
  stage?: string | undefined;
}

/** The same for a person: what happened and what to do in the page's language, and below it the exact words. */
export interface Reason {
  text: string;
  advice: string;
  detail: string;
}

type Kind = Key extends infer K ? (K extends `reason.${infer Name}.do` ? Name : never) : never;

/** The codes of errors and refusals (docs/json.md, docs/server.md). Some of them share a sentence. */
const kinds: Record<string, Kind> = {
  // Of images.
  bad_input: "damaged",
  limit: "limit",
  unsupported: "unsupported",
  environment: "environment",
  usage: "settings",
  cancelled: "cancelled",
  internal: "internal",
  fault: "fault",
  // Of requests.
  bad_request: "request",
  forbidden_path: "forbidden",
  not_found: "gone",
  conflict: "conflict",
  too_large: "tooLarge",
  bad_settings: "settings",
  bad_image: "unsupported",
  request_timeout: "late",
  disk_full: "diskFull",
  // The page's own.
  unreadable: "unreadable",
};

export const kindOf = ({ code, stage }: Said): Kind => {
  // What is looked at before it is opened and is then refused has no picture in it.
  if (code === "bad_input" && stage === "validate") return "notImage";
  // An error of an image has a stage, a refusal has none: the two mean different limits, and not all that a server
  // cannot do is its own defect.
  if (code === "limit" && stage === undefined) return "busy";
  if (code === "internal" && stage === undefined) return "refused";
  return kinds[code] ?? "refused";
};

/** Read while a component is drawn, it is said anew when the language changes. */
export const reasonOf = (said: Said): Reason => {
  const kind = kindOf(said);
  return {
    text: t(`reason.${kind}`),
    advice: t(`reason.${kind}.do`),
    detail: said.advice ? `${said.message}; ${said.advice}` : said.message,
  };
};
