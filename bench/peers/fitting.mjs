// The mathematics of fit.mjs: piecewise linear curves, hat functions, least squares.

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const sd = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
export const quantity = (values) => (values.length ? `${mean(values).toFixed(1)} +- ${sd(values).toFixed(1)}` : '');

/**
 * Piecewise linear interpolation of `points` ([x, y] with ascending x) at `x`, extrapolated at both
 * ends.
 */
export function at(points, x) {
  let i = 1;
  while (i + 1 < points.length && points[i][0] < x) ++i;
  const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
  return y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);
}

/** As at(), but constant beyond both ends. */
export const hats = (points, x) => at(points, Math.min(points.at(-1)[0], Math.max(points[0][0], x)));

/** Solves `matrix` x = `right`, symmetric and positive definite, by Gaussian elimination. */
function solved(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < n; ++j) {
      if (j === i) continue;
      const factor = rows[j][i] / rows[i][i];
      for (let k = i; k <= n; ++k) rows[j][k] -= factor * rows[i][k];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

/** Least squares of `values` against `inputs`, with `penalty` added to the normal matrix. */
function leastSquares(inputs, values, penalty) {
  const n = inputs[0].length;
  const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) =>
    inputs.reduce((sum, row) => sum + row[i] * row[j], 0) + penalty(i, j)));
  return solved(matrix, Array.from({ length: n }, (_, i) => inputs.reduce((sum, row, k) => sum + row[i] * values[k], 0)));
}

/**
 * Returns [knot, height] of the piecewise linear curve with those knots that fits `samples` ([x,
 * y]) best, constant beyond the ends.
 */
export function hatsFit(knots, samples) {
  const weights = samples.map(([x]) => knots.map((_, i) => hats(knots.map((knot, k) => [knot, k === i ? 1 : 0]), x)));
  // Where samples are few, a knot is pulled towards its neighbours.
  const smooth = 0.5;
  const leans = (i, j) => {
    const neighbours = (i > 0) + (i + 1 < knots.length);
    if (i === j) return smooth * neighbours + 1e-9;
    return Math.abs(i - j) === 1 ? -smooth : 0;
  };
  const heights = leastSquares(weights, samples.map(([, y]) => y), leans);
  return knots.map((knot, i) => [knot, heights[i]]);
}

/** Ridge regression of `samples` ([[features], value]). `strength` is in samples. */
export function ridge(samples, strength) {
  const count = samples[0][0].length;
  const [means, spreads] = [mean, sd].map((of) => Array.from({ length: count }, (_, i) => of(samples.map(([x]) => x[i])) || 0));
  const level = (x) => [1, ...x.map((value, i) => (spreads[i] > 0 ? (value - means[i]) / spreads[i] : 0))];
  const scaled = leastSquares(samples.map(([x]) => level(x)), samples.map(([, y]) => y),
    (i, j) => (i === j && i > 0 ? strength : 0));
  const slopes = spreads.map((spread, i) => (spread > 0 ? scaled[i + 1] / spread : 0));
  const constant = scaled[0] - slopes.reduce((sum, slope, i) => sum + slope * means[i], 0);
  return { weights: [constant, ...slopes], of: (x) => slopes.reduce((sum, slope, i) => sum + slope * x[i], constant) };
}
