export interface Visible {
  /** First row to draw, and how many. */
  first: number;
  count: number;
}

/**
 * Computes which rows of a long list to draw: those in the viewport and `extra` on either side.
 * `top` is the position of the list relative to the top of the viewport; all lengths in CSS pixels.
 */
export const visibleRows = (rows: number, height: number, top: number, viewport: number, extra: number): Visible => {
  const first = Math.min(Math.max(0, Math.floor(-top / height) - extra), Math.max(0, rows - 1));
  const last = Math.min(rows, Math.ceil((viewport - top) / height) + extra);
  return { first: rows === 0 ? 0 : first, count: Math.max(0, last - first) };
};
