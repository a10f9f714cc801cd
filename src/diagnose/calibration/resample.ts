/** Intervals of measures by the bootstrap over examples, or over groups of them. */

import { Random } from "../../core/random.js";
import { percentileInterval } from "../../study/statistics/bootstrap.js";
import { measure, type MeasurableForecasts, type MeasureName, type Measures } from "./measures.js";

export interface MeasureEstimate {
  readonly value: number;
  /** 95 %; null where there is one group only, or no resamples were asked for. */
  readonly low: number | null;
  readonly high: number | null;
}

export type MeasureEstimates = Readonly<Partial<Record<MeasureName, MeasureEstimate | null>>>;

export interface ResampleOptions {
  readonly resamples: number;
  readonly seed: number;
  /** Of each example, 0-based and dense. null: every example stands alone. */
  readonly group: Int32Array | null;
}

/** Measures that cannot be below 0. */
const never: ReadonlySet<string> = new Set(["ece", "ece-mass", "smooth-ece", "classwise-ece"]);

/**
 * Measures of several forecasts of the same examples with intervals, and of the first less each other.
 *
 * A resample draws n - 1 of n groups (Rao and Wu 1988), the same for all. Calibration errors grow with noise, and a resample has the noise of the data and its own: so
 * the interval is the resamples' 2.5th and 97.5th percentiles shifted until their mean is the estimate.
 */
export function estimate(
  all: readonly MeasurableForecasts[],
  { resamples, seed, group }: ResampleOptions,
): { readonly estimates: MeasureEstimates[]; readonly changes: MeasureEstimates[] } {
  const values = all.map((one) => measure(one));
  const size = all[0]?.confidence.length ?? 0;
  const groups = group === null ? size : group.reduce((most, g) => Math.max(most, g + 1), 0);
  const drawn: Measures[][] = [];
  if (groups > 1) {
    const random = new Random(seed);
    const times = new Float64Array(groups);
    for (let b = 0; b < resamples; b++) {
      times.fill(0);
      for (let i = 0; i < groups - 1; i++) times[random.below(groups)]!++;
      const weights = group === null ? times : Float64Array.from(group, (g) => times[g]!);
      drawn.push(all.map((one) => measure(one, weights)));
    }
  }
  const of = (value: (measures: readonly Measures[], name: MeasureName) => number | null): MeasureEstimates =>
    Object.fromEntries(
      Object.keys(values[0] ?? {}).map((name) => {
        const key = name as MeasureName;
        const own = value(values, key);
        return [
          name,
          own === null
            ? null
            : interval(
                own,
                drawn.map((one) => value(one, key)!),
                never.has(name),
              ),
        ];
      }),
    );
  const change = (first: number | null | undefined, other: number | null | undefined): number | null =>
    first == null || other == null ? null : first - other;
  return {
    estimates: all.map((_, i) => of((measures, name) => measures[i]?.[name] ?? null)),
    changes: all
      .slice(1)
      .map((_, i) => of((measures, name) => change(measures[0]?.[name], measures[i + 1]?.[name]))),
  };
}

function interval(value: number, drawn: readonly number[], positive: boolean): MeasureEstimate {
  if (drawn.length === 0) return { value, low: null, high: null };
  const { low, high } = percentileInterval(Float64Array.from(drawn));
  const shift = value - drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
  // Of a difference of errors the sign says something; of an error itself it cannot be.
  const least = positive && value >= 0 ? 0 : -Infinity;
  return { value, low: Math.max(least, low + shift), high: high + shift };
}
