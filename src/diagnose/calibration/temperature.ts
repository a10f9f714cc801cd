/**
 * Temperature scaling (Guo et al. 2017): probabilities to the power 1 / T, normalised, with the T of least NLL. In 1 / T the NLL is convex, so its
 * minimum is found by Newton's steps kept inside a bracket. No example is scored with a temperature that it helped to fit, unless nothing else is possible.
 */

import { hashId } from "../../core/random.js";
import type { Forecasts } from "./forecasts.js";

/** Temperatures are looked for between these. */
export const coldest = 1e-3;
export const hottest = 1e3;

export interface Temperature {
  readonly temperature: number;
  /** Where the NLL still falls at an end of the range: every prediction is right (coldest), or they are worse than none (hottest). */
  readonly end: "coldest" | "hottest" | null;
}

/**
 * The temperature of least NLL on some rows.
 *
 * @param rows default: all
 * @returns 1 where forecasts are uniform throughout: none is better than another
 */
export function fitTemperature(forecasts: Forecasts, rows?: Int32Array): Temperature {
  const slopes = (sharpness: number) => slopesAt(forecasts, sharpness, rows);
  const [cold, hot] = [slopes(1 / coldest), slopes(1 / hottest)];
  if (hot.first === 0 && cold.first === 0 && hot.second === 0) return { temperature: 1, end: null };
  if (cold.first <= 0) return { temperature: coldest, end: "coldest" };
  if (hot.first >= 0) return { temperature: hottest, end: "hottest" };
  let [low, high] = [1 / hottest, 1 / coldest];
  let sharpness = 1;
  for (let i = 0; i < 200; i++) {
    const { first, second } = slopes(sharpness);
    if (first > 0) high = sharpness;
    else low = sharpness;
    const newton = sharpness - first / second;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - sharpness) <= 1e-12 * sharpness) break;
    sharpness = next;
  }
  return { temperature: 1 / sharpness, end: null };
}

/** First and second derivative of the mean NLL by the sharpness: E_p[z] - z of what came, and the variance of z under p. */
function slopesAt(
  { size, labels, log, target }: Forecasts,
  sharpness: number,
  rows: Int32Array | undefined,
): { first: number; second: number } {
  let [first, second] = [0, 0];
  const n = rows?.length ?? size;
  for (let i = 0; i < n; i++) {
    const from = (rows === undefined ? i : rows[i]!) * labels;
    let largest = -Infinity;
    for (let k = 0; k < labels; k++) largest = Math.max(largest, log[from + k]!);
    let [sum, mean, square, came] = [0, 0, 0, 0];
    for (let k = 0; k < labels; k++) {
      const z = log[from + k]! - largest;
      if (z === -Infinity) continue;
      const weight = Math.exp(sharpness * z);
      sum += weight;
      mean += weight * z;
      square += weight * z * z;
      came += target[from + k]! * z;
    }
    mean /= sum;
    first += mean - came;
    second += Math.max(0, square / sum - mean * mean);
  }
  return { first: first / n, second: second / n };
}

/** Assigns rows to so many folds by a hash of their group or id: the same in every row order, groups whole, folds of nearly one size. */
export function crossFolds(keys: readonly string[], folds: number): Int32Array {
  const distinct = [...new Set(keys)];
  const ranks = new Map(distinct.map((key) => [key, hashId(key, 0x5ca1e)]));
  distinct.sort((a, b) => ranks.get(a)! - ranks.get(b)! || (a < b ? -1 : 1));
  const used = Math.min(folds, distinct.length);
  const of = new Map(distinct.map((key, at) => [key, at % used]));
  return Int32Array.from(keys, (key) => of.get(key)!);
}

export interface CrossFitted {
  /** Of all rows: what to use on new examples. */
  readonly all: Temperature;
  /** Of each fold, fitted on the others. */
  readonly folds: readonly Temperature[];
  /** 1 / temperature of each row, by which it is scored. */
  readonly sharpness: Float64Array;
}

/** Fits a temperature for each fold on the others. Of one fold only, on that itself. */
export function crossFitTemperature(forecasts: Forecasts, fold: Int32Array): CrossFitted {
  const count = fold.reduce((most, f) => Math.max(most, f + 1), 0);
  const all = fitTemperature(forecasts);
  const folds =
    count < 2
      ? [all]
      : Array.from({ length: count }, (_, f) => fitTemperature(forecasts, rowsBeside(fold, f)));
  return { all, folds, sharpness: Float64Array.from(fold, (f) => 1 / folds[f]!.temperature) };
}

/** Rows of all other folds. */
export function rowsBeside(fold: Int32Array, own: number): Int32Array {
  return Int32Array.from(fold.keys()).filter((row) => fold[row] !== own);
}
