// Curves of an encoder's cost against the quality of its pictures.

/**
 * The value at `score` between the nearest points [score, value], interpolated on a logarithmic
 * value scale; undefined outside the measured range.
 */
export function at(points, score) {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const above = sorted.findIndex(([x]) => x >= score);
  if (above < 0 || (above === 0 && sorted[0][0] > score)) return undefined;
  if (above === 0) return sorted[0][1];
  const [[x0, y0], [x1, y1]] = [sorted[above - 1], sorted[above]];
  return Math.exp(Math.log(y0) + ((score - x0) / (x1 - x0)) * (Math.log(y1) - Math.log(y0)));
}
