/** Thrown where something took longer than it was given. */
export class Late extends Error {}

/**
 * What `work` gives, unless that takes longer than `limit_ms`, or for ever: its signal is aborted then, and a Late is thrown.
 * `outer` aborts it, too. Work that does not heed the signal is left to itself.
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

/** The same, begun anew where it was late: a question that got lost may be answered when it is asked again. */
export const persistently = async <T>(tries: number, limit_ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  for (let left = tries; ; left -= 1) {
    try {
      return await inTime(limit_ms, work);
    } catch (error) {
      if (!(error instanceof Late) || left <= 1) throw error;
    }
  }
};
