/**
 * Smooth calibration error (Błasiok and Nakkiran 2023, "Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing"): residuals (outcome - forecast)
 * are smoothed over the forecast by a Gaussian kernel reflected at 0 and 1, and the error is the integral of the absolute result. The bandwidth is
 * no choice: it is where bandwidth and error are equal, the only such point, as the error falls when the bandwidth grows.
 *
 * The reflected kernel is diagonal in cosines: smoothing multiplies the k-th by exp(-(pi k bandwidth)^2 / 2). Residuals are put on a grid first, each
 * shared between its two nearest points.
 */

import type { Interval } from "../../study/statistics/interval.js";
import { wilson } from "../measure/wilson.js";

const cells = 512;
/** Frequencies beyond are weaker than 1e-12. */
const reach = Math.sqrt(2 * Math.log(1e12)) / Math.PI;

let table: Float64Array | null = null;

/** cos(pi k t) at the grid's points (the middles of its cells), a frequency a row. */
function cosines(): Float64Array {
  if (table !== null) return table;
  table = new Float64Array(cells * cells);
  for (let k = 0; k < cells; k++)
    for (let j = 0; j < cells; j++) table[k * cells + j] = Math.cos((Math.PI * k * (j + 0.5)) / cells);
  return table;
}

/** Numbers by forecast, spread over [0, 1]. */
class Spectrum {
  readonly #grid = new Float64Array(cells);
  readonly #coefficients: number[] = [];

  constructor(at: Float64Array, values: (row: number) => number) {
    for (let row = 0; row < at.length; row++) {
      const value = values(row);
      if (value === 0) continue;
      const place = Math.min(cells - 1, Math.max(0, at[row]! * cells - 0.5));
      const left = Math.min(cells - 2, Math.floor(place));
      const share = place - left;
      this.#grid[left]! += value * (1 - share);
      this.#grid[left + 1]! += value * share;
    }
  }

  /** The density of what was put in, smoothed, at the grid's points. */
  smoothed(bandwidth: number): Float64Array {
    const cos = cosines();
    const most = Math.min(cells, Math.ceil(reach / bandwidth) + 1);
    for (let k = this.#coefficients.length; k < most; k++) {
      let sum = 0;
      for (let j = 0; j < cells; j++) sum += this.#grid[j]! * cos[k * cells + j]!;
      this.#coefficients.push(sum);
    }
    const density = new Float64Array(cells).fill(this.#coefficients[0]!);
    for (let k = 1; k < most; k++) {
      const weight = 2 * this.#coefficients[k]! * Math.exp(-((Math.PI * k * bandwidth) ** 2) / 2);
      for (let j = 0; j < cells; j++) density[j]! += weight * cos[k * cells + j]!;
    }
    return density;
  }

  error(bandwidth: number): number {
    return this.smoothed(bandwidth).reduce((sum, value) => sum + Math.abs(value), 0) / cells;
  }
}

export interface SmoothError {
  readonly error: number;
  /** Of the kernel. */
  readonly bandwidth: number;
}

/** Below this the grid is coarser than the kernel. */
const leastBandwidth = 1 / cells;

/**
 * @param forecasts in [0, 1]
 * @param outcomes in [0, 1]
 * @param options.weights how often each counts. Default: once
 * @param options.near a bandwidth that is nearly right: found faster, to 1e-5. Default: found to 1e-9
 */
export function smoothError(
  forecasts: Float64Array,
  outcomes: Float64Array,
  { weights, near }: { readonly weights?: Float64Array | undefined; readonly near?: number | undefined } = {},
): SmoothError {
  const total = weights === undefined ? forecasts.length : weights.reduce((sum, w) => sum + w, 0);
  const spectrum = new Spectrum(
    forecasts,
    (row) => ((weights === undefined ? 1 : weights[row]!) * (outcomes[row]! - forecasts[row]!)) / total,
  );
  // error(b) - b falls: a bracket first, then the secant rule that keeps both sides moving (Illinois).
  const over = (bandwidth: number): number => spectrum.error(bandwidth) - bandwidth;
  const factor = near === undefined ? 2 : 1.2;
  let [low, high] = [near ?? 0.05, near ?? 0.05];
  let atLow = over(low);
  let atHigh = atLow;
  while (atHigh > 0 && high < 1) {
    [low, atLow] = [high, atHigh];
    high = Math.min(1, high * factor);
    atHigh = over(high);
  }
  while (atLow <= 0 && low > leastBandwidth) {
    [high, atHigh] = [low, atLow];
    low = Math.max(leastBandwidth, low / factor);
    atLow = over(low);
  }
  if (atHigh > 0) return { error: spectrum.error(high), bandwidth: high };
  if (atLow <= 0) return { error: spectrum.error(low), bandwidth: low };
  const precision = near === undefined ? 1e-9 : 1e-5;
  for (let i = 0; i < 60 && high - low > precision; i++) {
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow);
    const at = over(middle);
    if (Math.abs(at) < precision) return { error: middle, bandwidth: middle };
    if (at > 0) {
      [low, atLow] = [middle, at];
      atHigh /= 2;
    } else {
      [high, atHigh] = [middle, at];
      atLow /= 2;
    }
  }
  const bandwidth = (low + high) / 2;
  return { error: spectrum.error(bandwidth), bandwidth };
}

export interface CurveAt {
  readonly forecast: number;
  readonly outcome: number;
  /** 95 %, at this forecast alone: Wilson's, of the effective number of examples that the kernel averages over here (Kish 1965). */
  readonly interval: Interval;
}

/**
 * The outcome as a function of the forecast, smoothed by the same kernel: between the least and the largest forecast, where at least ten examples
 * (of fewer than a hundred, a tenth) speak.
 */
export function smoothCurve(
  forecasts: Float64Array,
  outcomes: Float64Array,
  bandwidth: number,
  points = 128,
): CurveAt[] {
  const width = Math.max(bandwidth, 2 * leastBandwidth);
  const spread = (values: (row: number) => number): Spectrum =>
    new Spectrum(forecasts, (row) => values(row) / forecasts.length);
  const smoothed = (values: (row: number) => number): Float64Array => spread(values).smoothed(width);
  const ones = spread(() => 1);
  const mass = ones.smoothed(width);
  const effective = effectiveNumbers(forecasts.length, mass, ones.smoothed(width / Math.SQRT2), width);
  const right = smoothed((row) => outcomes[row]!);
  const squares = smoothed((row) => outcomes[row]! ** 2);
  const least = forecasts.reduce((min, p) => Math.min(min, p), 1);
  const largest = forecasts.reduce((max, p) => Math.max(max, p), 0);
  const every = cells / points;
  return Array.from({ length: points }, (_, i) => Math.floor((i + 0.5) * every)).flatMap((j) => {
    const forecast = (j + 0.5) / cells;
    const speak = effective[j]!;
    if (forecast < least || forecast > largest || speak < Math.min(10, forecasts.length / 10)) return [];
    const outcome = Math.min(1, Math.max(0, right[j]! / mass[j]!));
    // Shares of votes vary less than right and wrong do: each tells as much as several of those.
    const variance = squares[j]! / mass[j]! - outcome ** 2;
    const told = variance > 0 ? speak * Math.max(1, (outcome * (1 - outcome)) / variance) : speak;
    return [{ forecast, outcome, interval: wilson(outcome * told, told) }];
  });
}

/**
 * (sum of weights)^2 / sum of squared weights at each point of the grid, the weights those of the reflected kernel. The square of a Gaussian is a Gaussian of
 * 1 / sqrt(2) the width, and the product of the kernel and its mirror image one at the mirror.
 *
 * @param mass of the forecasts, smoothed by the kernel; `narrow`: by one of 1 / sqrt(2) its width
 */
function effectiveNumbers(
  size: number,
  mass: Float64Array,
  narrow: Float64Array,
  width: number,
): Float64Array {
  return mass.map((here, j) => {
    const at = (j + 0.5) / cells;
    const mirrored =
      Math.exp(-((at / width) ** 2)) * narrow[0]! + Math.exp(-(((1 - at) / width) ** 2)) * narrow[cells - 1]!;
    return (size * here * here * 2 * Math.sqrt(Math.PI) * width) / (narrow[j]! + mirrored);
  });
}
