// Local storage. If the browser forbids it, nothing is remembered, and the page works all the same.

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
    // Not remembered.
  }
};

/** Reads a remembered JSON value; null if there is none, or if `check` rejects it. */
export const recallJson = <T>(key: string, check: (value: unknown) => value is T): T | null => {
  try {
    const value: unknown = JSON.parse(recall(key) ?? "null");
    return check(value) ? value : null;
  } catch {
    return null;
  }
};
