import { choosePlace, in_window } from "../state/desktop";
import { inTime, Late } from "./patience";
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

/** What a server on this machine says at once it says within this, even on a bad day, ms. */
const quick_ms = 30_000;
/** The same for what it has to begin or end first. */
const usual_ms = 120_000;
/** An upload of which nothing has moved for so long has got lost, ms. */
const stall_ms = 30_000;

/** Whether asking the same again is of no use: the server has understood, and said no. */
export const isFinal = (error: ApiError): boolean => error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;

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
/** Not lost: the server may be there all the same, and only this question be stuck somewhere. */
const late = () => new ApiError(0, "request_timeout", "no answer came in time", "");

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

/** Asks and reads the whole answer. A connection may also break in the middle of that. */
const whole = async <T>(limit_ms: number, method: string, path: string, init: RequestInit, read: (response: Response) => Promise<T>, outer?: AbortSignal): Promise<T> => {
  try {
    return await inTime(
      limit_ms,
      async (signal) => {
        const used = token;
        const response = await request(method, path, { ...init, signal });
        try {
          return await read(response);
        } catch (error) {
          if (signal.aborted) throw error;
          hear(used, false, 0);
          throw lost();
        }
      },
      outer,
    );
  } catch (error) {
    if (error instanceof Late) throw late();
    throw error;
  }
};

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  whole(quick_ms, "GET", path, {}, (response) => response.json() as Promise<T>, signal);

/** `limit_ms`: how long an answer may take; Infinity for what may be hours of work. */
export const send = <T>(method: "POST" | "DELETE", path: string, body?: unknown, limit_ms = usual_ms): Promise<T> =>
  whole(
    limit_ms,
    method,
    path,
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
    async (response) => (response.status === 204 ? undefined : await response.json()) as T,
  );

/** Bytes that only the page may ask for, such as a picture. They wait for workers, for as long as those have other work. */
export const blob = (path: string, signal?: AbortSignal, limit_ms = Infinity): Promise<Blob> =>
  whole(limit_ms, "GET", path, {}, (response) => response.blob(), signal);

/**
 * Sends one file. fetch() tells nothing of how far a body has gone, so this is the older way.
 * Rejects with an ApiError; status 0 when the connection was lost, or nothing has moved for `stall_ms` (request_timeout): both
 * are worth another try.
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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moves = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(late());
        call.abort();
      }, stall_ms);
    };
    call.open("PUT", path);
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value);
    call.setRequestHeader("Content-Type", "application/octet-stream");
    call.upload.onprogress = (event) => {
      moves();
      progress(event.loaded);
    };
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
    call.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    if (signal.aborted) {
      reject(new DOMException("aborted", "AbortError"));
      return;
    }
    signal.addEventListener("abort", abort);
    moves();
    call.send(file);
  });

/** Lets the browser itself load `path`, for which it has no token. False when the person did not want it after all. */
export const download = async (path: string, name: string): Promise<boolean> => {
  // Asked first: a server does not wait for as long as people may look for a place.
  if (in_window.value && !(await choosePlace(name))) return false;
  const { url } = await send<{ url: string }>("POST", "/api/tickets", { path });
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  return true;
};
