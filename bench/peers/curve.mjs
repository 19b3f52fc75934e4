// Curves of what an encoder costs against how good its pictures are.

/**
 * The value at `score` of the line through points [score, value] next to it, values on a logarithmic
 * scale; undefined outside of them: nothing is guessed beyond what was measured.
 */
export function at(points, score) {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const above = sorted.findIndex(([x]) => x >= score);
  if (above < 0 || (above === 0 && sorted[0][0] > score)) return undefined;
  if (above === 0) return sorted[0][1];
  const [[x0, y0], [x1, y1]] = [sorted[above - 1], sorted[above]];
  return Math.exp(Math.log(y0) + ((score - x0) / (x1 - x0)) * (Math.log(y1) - Math.log(y0)));
}
