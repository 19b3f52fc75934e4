/** Thrown when something took longer than its limit. */
export class Late extends Error {}

/**
 * Returns the result of `work`. If it takes longer than `limit_ms`, aborts its signal and throws
 * Late. `outer` aborts it, too. Work that ignores the signal is abandoned.
 */
export const inTime = async <T>(limit_ms: number, work: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (outer?.aborted) abort();
  else outer?.addEventListener("abort", abort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    if (limit_ms === Infinity) return;
    timer = setTimeout(() => {
      reject(new Late(`nothing came for ${Math.round(limit_ms / 1000)} s`));
      abort();
    }, limit_ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  }
};

/** The same with retries after a timeout: a request that got lost may be answered when repeated. */
export const persistently = async <T>(tries: number, limit_ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  for (let left = tries; ; left -= 1) {
    try {
      return await inTime(limit_ms, work);
    } catch (error) {
      if (!(error instanceof Late) || left <= 1) throw error;
    }
  }
};
