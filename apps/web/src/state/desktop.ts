// The window around the page, where it runs in imgmill-desktop and not in a browser.
import { signal } from "@preact/signals";

interface Handler {
  postMessage(message: string): Promise<unknown>;
}

/** What the person has chosen or dropped outside of the page; the server may use it from now on. */
export interface Opened {
  path: string;
  /** Only these of the folder, by name. */
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

/** Whether there is a window that can show the system's own dialogs. */
export const in_window = signal(handlerOf() !== null);

const ask = async (message: object): Promise<unknown> => {
  const answer = await handlerOf()?.postMessage(JSON.stringify(message));
  return typeof answer === "string" ? (JSON.parse(answer) as unknown) : null;
};

/** What is only told; a window that does not listen is no reason to stop. */
const inform = (message: object): void => {
  ask(message).catch(() => undefined);
};

/** The system's dialog. Null when it was closed without a choice. */
export const chooseFolder = async (title: string, start: string | null): Promise<string | null> => {
  const answer = (await ask({ kind: "choose-folder", title, ...(start ? { start } : {}) })) as { path?: unknown } | null;
  return typeof answer?.path === "string" ? answer.path : null;
};

/** Asks where the next download is to go. False when the person has thought better of it. */
export const choosePlace = async (name: string): Promise<boolean> => {
  const answer = (await ask({ kind: "save-as", name })) as { chosen?: unknown } | null;
  return answer?.chosen === true;
};

export const tellReady = (): void => inform({ kind: "ready" });
/** On the icon in the dock; null: nothing is at work. */
export const showProgress = (part: number | null): void => inform({ kind: "progress", part });
/** Shown by the system when the window is not in front. */
export const announce = (title: string, body: string): void => inform({ kind: "ended", title, body });

const isText = (value: unknown): value is string => typeof value === "string";
const isOpened = (value: unknown): value is Opened => {
  const { path, files } = (value ?? {}) as { path?: unknown; files?: unknown };
  return isText(path) && (files === undefined || (Array.isArray(files) && files.every(isText)));
};

/** Null for what no window of ours sends. */
export const parseEvent = (detail: unknown): WindowEvent | null => {
  let event: { kind?: unknown; places?: unknown; path?: unknown; reason?: unknown } | null;
  try {
    event = isText(detail) ? JSON.parse(detail) : null;
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
