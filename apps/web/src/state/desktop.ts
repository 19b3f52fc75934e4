// The window around the page, if it runs in imgmill-desktop and not in a browser.
import { signal } from "@preact/signals";

interface Handler {
  postMessage(message: string): Promise<unknown>;
}

/** A path that the user has chosen or dropped outside the page; the server may now use it. */
export interface Opened {
  path: string;
  /** Only these files of the folder, by name. */
  files?: string[];
}

export type WindowEvent =
  | { kind: "opened"; places: Opened[] }
  | { kind: "saved"; path: string }
  | { kind: "not-saved"; reason: string }
  | { kind: "refused"; reason: string };

const handlerOf = (): Handler | null => {
  const { webkit } = globalThis as { webkit?: { messageHandlers?: Record<string, Handler | undefined> } };
  return webkit?.messageHandlers?.["imgmill"] ?? null;
};

/** True if there is a window that can show the system's own dialogs. */
export const in_window = signal(handlerOf() !== null);

const ask = async (message: object): Promise<unknown> => {
  const answer = await handlerOf()?.postMessage(JSON.stringify(message));
  return typeof answer === "string" ? (JSON.parse(answer) as unknown) : null;
};

/** Sends a message that needs no answer; failures are ignored. */
const inform = (message: object): void => {
  ask(message).catch(() => undefined);
};

/** Shows the system's dialog. Returns null if it was cancelled. */
export const chooseFolder = async (title: string, start: string | null): Promise<string | null> => {
  const answer = (await ask({ kind: "choose-folder", title, ...(start ? { start } : {}) })) as { path?: unknown } | null;
  return typeof answer?.path === "string" ? answer.path : null;
};

/** Asks where to save the next download. Returns false if the user cancelled. */
export const choosePlace = async (name: string): Promise<boolean> => {
  const answer = (await ask({ kind: "save-as", name })) as { chosen?: unknown } | null;
  return answer?.chosen === true;
};

export const tellReady = (): void => inform({ kind: "ready" });
/** Shows progress on the icon in the dock; null: nothing is running. */
export const showProgress = (part: number | null): void => inform({ kind: "progress", part });
/** Shows a system notification if the window is not in front. */
export const announce = (title: string, body: string): void => inform({ kind: "ended", title, body });

const isText = (value: unknown): value is string => typeof value === "string";
const isOpened = (value: unknown): value is Opened => {
  const { path, files } = (value ?? {}) as { path?: unknown; files?: unknown };
  return isText(path) && (files === undefined || (Array.isArray(files) && files.every(isText)));
};

/** Returns null for anything that our window does not send. */
export const parseEvent = (detail: unknown): WindowEvent | null => {
  let event: Partial<Record<"kind" | "places" | "path" | "reason", unknown>> | null;
  try {
    event = isText(detail) ? (JSON.parse(detail) as typeof event) : null;
  } catch {
    return null;
  }
  if (event?.kind === "opened" && Array.isArray(event.places) && event.places.every(isOpened)) return { kind: "opened", places: event.places };
  if (event?.kind === "saved" && isText(event.path)) return { kind: "saved", path: event.path };
  if ((event?.kind === "not-saved" || event?.kind === "refused") && isText(event.reason)) return { kind: event.kind, reason: event.reason };
  return null;
};

export const listenToWindow = (hear: (event: WindowEvent) => void): void => {
  addEventListener("imgmill-window", (event) => {
    const parsed = parseEvent((event as CustomEvent<unknown>).detail);
    if (parsed) hear(parsed);
  });
};
