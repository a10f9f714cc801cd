/**
 * The bootstrap over groups (Efron and Tibshirani 1993, chapter 6; examples of one group are drawn together): each resample draws as many groups as
 * there are, with replacement, and an example counts as often as its group was drawn.
 */

import { Random } from "../../core/random.js";
import { percentileInterval } from "../../study/statistics/bootstrap.js";

export interface Units {
  /** Number of each example's group, from 0. */
  readonly units: Int32Array;
  readonly unitCount: number;
}

export interface Estimate {
  readonly value: number;
  /** 95 %, between percentiles; null where the resamples give none. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** A figure of examples that count `weights` times; NaN where there is none. */
export type Statistic = (weights: Float64Array) => number;

/** Weights of the examples, resample after resample; the array is filled anew each time. */
export function* resampledWeights(
  { units, unitCount }: Units,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): Generator<Float64Array> {
  const random = new Random(seed);
  const times = new Float64Array(unitCount);
  const weights = new Float64Array(units.length);
  for (let b = 0; b < resamples; b++) {
    times.fill(0);
    for (let i = 0; i < unitCount; i++) times[random.below(unitCount)]!++;
    for (let i = 0; i < units.length; i++) weights[i] = times[units[i]!]!;
    yield weights;
  }
}

/** One value a resample for each statistic, all from the same resamples. */
export function resampled(
  units: Units,
  statistics: readonly Statistic[],
  options: { readonly resamples: number; readonly seed: number },
): Float64Array[] {
  const values = statistics.map(() => new Float64Array(options.resamples));
  let b = 0;
  for (const weights of resampledWeights(units, options)) {
    statistics.forEach((statistic, s) => (values[s]![b] = statistic(weights)));
    b++;
  }
  return values;
}

/** The value of all examples, with the interval of its resamples. null where it has no value. */
export function estimate(value: number, values: Float64Array): Estimate | null {
  if (Number.isNaN(value)) return null;
  const known = values.filter((one) => !Number.isNaN(one));
  // Where many resamples have no value, those that have one are no fair sample of them.
  return { value, interval: known.length < 0.9 * values.length ? null : percentileInterval(known) };
}

/** Every example once. */
export function once(size: number): Float64Array {
  return new Float64Array(size).fill(1);
}
