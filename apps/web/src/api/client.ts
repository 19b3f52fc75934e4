import { choosePlace, in_window } from "../state/desktop";
import { inTime, Late } from "./patience";
import type { ErrorBody } from "./types";

/** A refusal by the server or, with status 0, a missing answer. */
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

/** Limit for requests that the server answers at once, even when it is busy, in ms. */
const quick_ms = 30_000;
/** The same for requests that first have to start or end something. */
const usual_ms = 120_000;
/** An upload without progress for this long is lost, in ms. */
const stall_ms = 30_000;

/** True if repeating the request is useless: the server has understood and refused it. */
export const isFinal = (error: ApiError): boolean => error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;

type Listener = (answered: boolean, status: number) => void;

let token = "";
let listener: Listener = () => undefined;

export const useToken = (value: string) => {
  token = value;
};
/**
 * Registers a callback that is called after every request; `answered` is true if the server
 * answered.
 */
export const onAnswer = (call: Listener) => {
  listener = call;
};
export const headers = (more: Record<string, string> = {}): Record<string, string> => ({
  Authorization: `Bearer ${token}`,
  ...more,
});

/** Ignores answers to an older token that arrive after another one was adopted. */
const hear = (used: string, answered: boolean, status: number) => {
  if (used === token) listener(answered, status);
};

const lost = () => new ApiError(0, "disconnected", "", "");
/** A timeout is not a lost connection: the server may be running and only this request be stuck. */
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

/** Sends a request and reads the whole answer. The connection may also break while reading. */
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

/** `limit_ms`: time limit for the answer; Infinity if the work may take hours. */
export const send = <T>(method: "POST" | "DELETE", path: string, body?: unknown, limit_ms = usual_ms): Promise<T> =>
  whole(
    limit_ms,
    method,
    path,
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
    async (response) => (response.status === 204 ? undefined : await response.json()) as T,
  );

/**
 * Fetches bytes that need the token, such as a picture. The request may wait long for busy workers.
 */
export const blob = (path: string, signal?: AbortSignal, limit_ms = Infinity): Promise<Blob> =>
  whole(limit_ms, "GET", path, {}, (response) => response.blob(), signal);

/**
 * Uploads one file. fetch() does not report upload progress, so this uses XMLHttpRequest.
 * Rejects with an ApiError. Status 0 means that the connection was lost, or that nothing has moved
 * for `stall_ms` (request_timeout); both are worth a retry.
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

/**
 * Lets the browser itself load `path`, although it has no token. Returns false if the user
 * cancelled.
 */
export const download = async (path: string, name: string): Promise<boolean> => {
  // Ask for the path first: the server does not wait as long as a user may take to choose.
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
