// The browser may forbid storage; then the page forgets, and works all the same.

export const recall = (key: string): string | null => {
  try {
    return localStorage.getItem(`imgmill.${key}`);
  } catch {
    return null;
  }
};

export const remember = (key: string, value: string | null): void => {
  try {
    if (value === null) localStorage.removeItem(`imgmill.${key}`);
    else localStorage.setItem(`imgmill.${key}`, value);
  } catch {
    // Forgotten, then.
  }
};

/** Reads what was remembered as JSON; null when there is none, or it is not what `check` wants. */
export const recallJson = <T>(key: string, check: (value: unknown) => value is T): T | null => {
  try {
    const value: unknown = JSON.parse(recall(key) ?? "null");
    return check(value) ? value : null;
  } catch {
    return null;
  }
};
