/**
 * Calibration error by bins: where forecasts of one bin say p on average, a share of p should come true. Bins of equal width are (low, high], 0 in the
 * first; bins of equal mass hold as many examples each, equal forecasts in one bin.
 */

export type BinScheme = "width" | "mass";

export interface Bin {
  /** Of equal width: its ends. Of equal mass: the least and the largest forecast in it. */
  readonly low: number;
  readonly high: number;
  /** Examples, or their weight. */
  readonly count: number;
  readonly forecast: number;
  readonly outcome: number;
  /** Variance of the mean outcome, unbiased; of a single example that of a forecast that is right. */
  readonly variance: number;
}

export interface BinOptions {
  readonly scheme: BinScheme;
  readonly bins: number;
  /** How often each example counts. Default: once. */
  readonly weights?: Float64Array | undefined;
  /** Rows by forecast, ascending, for equal mass: sorted once for many weights. Default: sorted here. */
  readonly order?: Uint32Array | undefined;
}

/** Rows by value, ascending. */
export function ascending(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
}

/**
 * The bins that hold anything, lowest first.
 *
 * @param forecasts in [0, 1]
 * @param outcomes in [0, 1]
 */
export function binForecasts(forecasts: Float64Array, outcomes: Float64Array, options: BinOptions): Bin[] {
  const { scheme, bins, weights } = options;
  const of = scheme === "width" ? equalWidth(forecasts, bins) : equalMass(forecasts, options);
  const sums = Array.from({ length: bins }, () => ({
    n: 0,
    forecast: 0,
    outcome: 0,
    squares: 0,
    low: 1,
    high: 0,
  }));
  for (let row = 0; row < forecasts.length; row++) {
    const weight = weights === undefined ? 1 : weights[row]!;
    if (weight === 0) continue;
    const bin = sums[of[row]!]!;
    const [p, y] = [forecasts[row]!, outcomes[row]!];
    bin.n += weight;
    bin.forecast += weight * p;
    bin.outcome += weight * y;
    bin.squares += weight * y * y;
    if (p < bin.low) bin.low = p;
    if (p > bin.high) bin.high = p;
  }
  return sums.flatMap(({ n, forecast, outcome, squares, low, high }, at) => {
    if (n === 0) return [];
    const [p, y] = [forecast / n, outcome / n];
    const variance = n > 1 ? Math.max(0, squares / n - y * y) / (n - 1) : p * (1 - p);
    const ends = scheme === "width" ? { low: at / bins, high: (at + 1) / bins } : { low, high };
    return [{ ...ends, count: n, forecast: p, outcome: y, variance }];
  });
}

function equalWidth(forecasts: Float64Array, bins: number): Int32Array {
  return Int32Array.from(forecasts, (p) => Math.min(bins - 1, Math.max(0, Math.ceil(p * bins - 1e-12) - 1)));
}

/** An example's bin by the middle of the mass of all that have its forecast. */
function equalMass(
  forecasts: Float64Array,
  { bins, weights, order = ascending(forecasts) }: BinOptions,
): Int32Array {
  const of = new Int32Array(forecasts.length);
  const total = weights === undefined ? forecasts.length : weights.reduce((sum, w) => sum + w, 0);
  let before = 0;
  for (let i = 0; i < order.length;) {
    const p = forecasts[order[i]!]!;
    let own = 0;
    let end = i;
    for (; end < order.length && forecasts[order[end]!] === p; end++)
      own += weights === undefined ? 1 : weights[order[end]!]!;
    const bin = Math.min(bins - 1, Math.floor((bins * (before + own / 2)) / total));
    for (; i < end; i++) of[order[i]!] = bin;
    before += own;
  }
  return of;
}

/** Expected calibration error: the mean over examples of |forecast - outcome| of their bin (Naeini et al. 2015; Guo et al. 2017). */
export function binnedError(bins: readonly Bin[]): number {
  return meanOf(bins, ({ forecast, outcome }) => Math.abs(forecast - outcome));
}

/**
 * The same less what the noise of the outcomes adds to it: twice the error less its mean where every bin's outcome is drawn anew from a normal
 * distribution about what was seen (Kumar, Liang and Ma 2019, as their released code debiases this error; here that mean is exact). Where bins are
 * off by much more than their noise nothing is left of the bias; where nothing is wrong at all, six tenths of it are (the absolute value bends at 0).
 * It may be below 0 by chance, and is left so, that means of several trainings stay right.
 */
export function debiasedError(bins: readonly Bin[]): number {
  const again = meanOf(bins, ({ forecast, outcome, variance }) =>
    foldedNormalMean(forecast - outcome, Math.sqrt(variance)),
  );
  return 2 * binnedError(bins) - again;
}

/** Squared calibration error without bias: each bin's squared gap less the variance of its outcome (Kumar, Liang and Ma 2019, definition 5.1). */
export function debiasedSquares(bins: readonly Bin[]): number {
  return meanOf(bins, ({ forecast, outcome, variance }) => (forecast - outcome) ** 2 - variance);
}

function meanOf(bins: readonly Bin[], value: (bin: Bin) => number): number {
  let [sum, n] = [0, 0];
  for (const bin of bins) {
    sum += bin.count * value(bin);
    n += bin.count;
  }
  return sum / n;
}

/** E|X| of a normal X. */
function foldedNormalMean(mean: number, deviation: number): number {
  if (deviation === 0) return Math.abs(mean);
  const z = mean / deviation;
  return deviation * Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2) + mean * erf(z / Math.SQRT2);
}

/** The error function to 1.2e-7 (Press et al., Numerical Recipes, section 6.2). */
function erf(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ].reduceRight((sum, c) => sum * t + c, 0);
  const tail = t * Math.exp(-x * x + series);
  return x >= 0 ? 1 - tail : tail - 1;
}
