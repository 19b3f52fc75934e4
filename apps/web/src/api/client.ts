import { choosePlace, in_window } from "../state/desktop";
import type { ErrorBody } from "./types";

/** An answer of the server that says no, or (status 0) no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

type Listener = (answered: boolean, status: number) => void;

let token = "";
let listener: Listener = () => undefined;

export const useToken = (value: string) => {
  token = value;
};
/** Called after every request with whether the server answered at all. */
export const onAnswer = (call: Listener) => {
  listener = call;
};
export const headers = (more: Record<string, string> = {}): Record<string, string> => ({
  Authorization: `Bearer ${token}`,
  ...more,
});

/** Answers to an older token, still on their way when another one is taken, say nothing about that. */
const hear = (used: string, answered: boolean, status: number) => {
  if (used === token) listener(answered, status);
};

const lost = () => new ApiError(0, "disconnected", "", "");

export const errorFrom = (status: number, body: string): ApiError => {
  try {
    const { error } = JSON.parse(body) as { error: ErrorBody };
    return new ApiError(status, error.code, error.message, error.advice);
  } catch {
    return new ApiError(status, `status_${status}`, body.slice(0, 200) || `HTTP ${status}`, "");
  }
};

export const request = async (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
  let response: Response;
  const used = token;
  try {
    response = await fetch(path, {
      ...init,
      method,
      headers: headers(init.headers as Record<string, string> | undefined),
      cache: "no-store",
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    hear(used, false, 0);
    throw lost();
  }
  hear(used, true, response.status);
  if (!response.ok) throw errorFrom(response.status, await response.text().catch(() => ""));
  return response;
};

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await request("GET", path, signal ? { signal } : {})).json() as Promise<T>;

export const send = async <T>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T> => {
  const response = await request(
    method,
    path,
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
  );
  return (response.status === 204 ? undefined : await response.json()) as T;
};

/** Bytes that only the page may ask for, such as a thumbnail. */
export const blob = async (path: string, signal?: AbortSignal): Promise<Blob> =>
  (await request("GET", path, signal ? { signal } : {})).blob();

/**
 * Sends one file. fetch() tells nothing of how far a body has gone, so this is the older way.
 * Rejects with an ApiError; status 0 when the connection was lost, which is worth another try.
 */
export const upload = (
  path: string,
  file: Blob,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const abort = () => call.abort();
    const used = token;
    call.open("PUT", path);
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value);
    call.setRequestHeader("Content-Type", "application/octet-stream");
    call.upload.onprogress = (event) => progress(event.loaded);
    call.onload = () => {
      hear(used, true, call.status);
      if (call.status >= 200 && call.status < 300) resolve();
      else reject(errorFrom(call.status, call.responseText));
    };
    call.onerror = () => {
      hear(used, false, 0);
      reject(lost());
    };
    call.onabort = () => reject(new DOMException("aborted", "AbortError"));
    call.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);
    if (signal.aborted) call.abort();
    else call.send(file);
  });

/** Lets the browser itself load `path`, for which it has no token. */
export const download = async (path: string, name: string): Promise<void> => {
  // Asked first: a server does not wait for as long as people may look for a place.
  if (in_window.value && !(await choosePlace(name))) return;
  const { url } = await send<{ url: string }>("POST", "/api/tickets", { path });
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
};
