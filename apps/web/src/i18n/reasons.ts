import { t } from "./index";
import type { Key } from "./catalogue";

/** An error from the server: a code, and a message in English. */
export interface Said {
  code: string;
  message: string;
  advice: string;
  /** For an image: where it failed. */
  stage?: string | undefined;
}

/**
 * The error as shown to the user: what happened and what to do in the page's language, and the
 * exact message.
 */
export interface Reason {
  text: string;
  advice: string;
  detail: string;
}

type Kind = Key extends infer K ? (K extends `reason.${infer Name}.do` ? Name : never) : never;

/**
 * The codes of errors and refusals (docs/json.md, docs/server.md). Some of them share a sentence.
 */
const kinds: Record<string, Kind> = {
  // Errors of images.
  bad_input: "damaged",
  limit: "limit",
  unsupported: "unsupported",
  environment: "environment",
  usage: "settings",
  cancelled: "cancelled",
  internal: "internal",
  fault: "fault",
  // Errors of requests.
  bad_request: "request",
  forbidden_path: "forbidden",
  not_found: "gone",
  conflict: "conflict",
  too_large: "tooLarge",
  bad_settings: "settings",
  bad_image: "unsupported",
  request_timeout: "late",
  disk_full: "diskFull",
  // Errors of the page itself.
  unreadable: "unreadable",
};

export const kindOf = ({ code, stage }: Said): Kind => {
  // A file that is refused by its first bytes is not an image.
  if (code === "bad_input" && stage === "validate") return "notImage";
  // An error of an image has a stage, a refusal has none: "limit" means different limits, and
  // "internal" in a refusal is not always a defect of the server.
  if (code === "limit" && stage === undefined) return "busy";
  if (code === "internal" && stage === undefined) return "refused";
  return kinds[code] ?? "refused";
};

/** If a component calls this while rendering, it rerenders when the language changes. */
export const reasonOf = (said: Said): Reason => {
  const kind = kindOf(said);
  return {
    text: t(`reason.${kind}`),
    advice: t(`reason.${kind}.do`),
    detail: said.advice ? `${said.message}; ${said.advice}` : said.message,
  };
};
