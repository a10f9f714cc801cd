/** Means and deviations of replicates. */

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample's standard deviation (divided by n - 1); NaN of fewer than two values. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  // Equal values deviate by nothing, not by the rounding of their mean.
  if (values.every((value) => value === values[0])) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
