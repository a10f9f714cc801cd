/**
 * The bootstrap over replicates and over test clusters. Both are drawn anew in each resample, and a drawn cluster counts for all cells:
 * every replicate was tested on the same examples, so an example that is hard is hard for all of them (the pigeonhole bootstrap, Owen
 * 2007; drawing other clusters for each replicate would let the test set's noise average away over seeds, which it does not).
 *
 * Of n units n - 1 are drawn (Rao and Wu 1988): the spread of the resampled means is then that of the mean itself, also of five seeds.
 */

import { Random } from "../../core/random.js";
import type { Interval } from "./interval.js";
import type { OutcomeSums } from "./outcome-sums.js";

/** Accuracies of all cells in each resample of the test set. */
export interface ResampledAccuracies {
  readonly resamples: number;
  readonly cells: number;
  /** resamples x cells. */
  readonly values: Float64Array;
}

/** Draws test clusters, the same for all cells, and says what each cell's accuracy is then. */
export function resampleAccuracies(
  sums: OutcomeSums,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): ResampledAccuracies {
  const { cells, clusters, kind, size } = sums;
  const random = new Random(seed);
  const values = new Float64Array(resamples * cells);
  const times = new Float64Array(size.length);
  const draws = Math.max(1, clusters - 1);
  const { width, base, columns, packed } = pack(sums, draws);
  const totals = new Float64Array(columns);
  for (let b = 0; b < resamples; b++) {
    times.fill(0);
    for (let i = 0; i < draws; i++) times[kind[random.below(clusters)]!]!++;
    totals.fill(0);
    let examples = 0;
    for (let c = 0; c < times.length; c++) {
      const count = times[c]!;
      if (count === 0) continue;
      examples += count * size[c]!;
      const from = c * columns;
      for (let k = 0; k < columns; k++) totals[k]! += count * packed[from + k]!;
    }
    for (let k = 0; k < columns; k++) {
      let rest = totals[k]!;
      for (let at = k * width; at < Math.min(cells, (k + 1) * width); at++) {
        const above = Math.floor(rest / base);
        values[b * cells + at] = (rest - above * base) / examples;
        rest = above;
      }
    }
  }
  return { resamples, cells, values };
}

interface Packed {
  /** Cells in one number. */
  readonly width: number;
  readonly base: number;
  readonly columns: number;
  /** kinds x columns. */
  readonly packed: Float64Array;
}

/** Counts of several cells as digits of one number, exact below 2^53: most of the time goes into adding them up. */
function pack({ cells, size, right }: OutcomeSums, draws: number): Packed {
  const most = draws * size.reduce((max, n) => Math.max(max, n), 1);
  const bits = Math.ceil(Math.log2(most + 1));
  const width = Math.max(1, Math.floor(53 / bits));
  const base = 2 ** bits;
  const columns = Math.ceil(cells / width);
  const packed = new Float64Array(size.length * columns);
  for (let c = 0; c < size.length; c++)
    for (let k = 0; k < cells; k++)
      packed[c * columns + Math.floor(k / width)]! += right[c * cells + k]! * base ** (k % width);
  return { width, base, columns, packed };
}

/** A replicate: the cells whose mean is taken, less the mean of those that it is compared with (none: no comparison). */
export interface Unit {
  readonly cells: readonly number[];
  readonly against: readonly number[];
}

/**
 * The mean over replicates, or of their paired differences, in each resample of replicates and clusters.
 *
 * @param units one a replicate
 * @returns one value a resample
 */
export function resampleMeans(
  { resamples, cells, values }: ResampledAccuracies,
  units: readonly Unit[],
  seed: number,
): Float64Array {
  const random = new Random(seed);
  const draws = Math.max(1, units.length - 1);
  const means = new Float64Array(resamples);
  const average = (indices: readonly number[], from: number): number => {
    let sum = 0;
    for (const index of indices) sum += values[from + index]!;
    return indices.length === 0 ? 0 : sum / indices.length;
  };
  for (let b = 0; b < resamples; b++) {
    let sum = 0;
    for (let i = 0; i < draws; i++) {
      const unit = units[units.length === 1 ? 0 : random.below(units.length)]!;
      sum += average(unit.cells, b * cells) - average(unit.against, b * cells);
    }
    means[b] = sum / draws;
  }
  return means;
}

/** The interval between the two percentiles. Sorts a copy. */
export function percentileInterval(values: Float64Array, level = 0.95): Interval {
  const sorted = values.slice().sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    const high = Math.min(sorted.length - 1, low + 1);
    return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
  };
  return { low: at((1 - level) / 2), high: at(1 - (1 - level) / 2) };
}

/** Two-sided p of a true value of 0: twice the smaller share on one side of it, never below 2 / (resamples + 1). */
export function bootstrapP(values: Float64Array): number {
  let [below, above] = [0, 0];
  for (const value of values) {
    if (value <= 0) below++;
    if (value >= 0) above++;
  }
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (values.length + 1));
}
