/** Spearman's correlation of examples that count several times or not at all, as bootstraps need it: sorted once, ranked anew in one pass. */

import { sortBy } from "../../core/sort-by.js";
import type { Statistic } from "./group-bootstrap.js";

/** A column in its order. */
interface Sorted {
  readonly values: Float64Array;
  /** Places by value, lowest first. */
  readonly order: Int32Array;
  readonly ranks: Float64Array;
}

export interface RankCorrelation {
  /** Examples that have both values. */
  readonly size: number;
  /** Over all examples' weights; NaN where one column is constant among those that count. */
  readonly spearman: Statistic;
}

/** Examples that lack one of the values (NaN) are left out; equals share the mean of their ranks. */
export function rankCorrelation(a: Float64Array, b: Float64Array): RankCorrelation {
  const at = Int32Array.from(a.keys()).filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]));
  const [first, second] = [
    sorted(Float64Array.from(at, (i) => a[i]!)),
    sorted(Float64Array.from(at, (i) => b[i]!)),
  ];
  const own = new Float64Array(at.length);
  return {
    size: at.length,
    spearman: (weights) => {
      for (let i = 0; i < own.length; i++) own[i] = weights[at[i]!]!;
      rank(first, own);
      rank(second, own);
      return weightedPearson(first.ranks, second.ranks, own);
    },
  };
}

function sorted(values: Float64Array): Sorted {
  const order = sortBy(Int32Array.from(values.keys()), values);
  return { values, order, ranks: new Float64Array(values.length) };
}

/** Ranks as if each example stood there as often as it counts. */
function rank({ values, order, ranks }: Sorted, weights: Float64Array): void {
  let before = 0;
  for (let from = 0; from < order.length;) {
    const value = values[order[from]!];
    let [end, weight] = [from, 0];
    for (; end < order.length && values[order[end]!] === value; end++) weight += weights[order[end]!]!;
    for (let at = from; at < end; at++) ranks[order[at]!] = before + (weight - 1) / 2;
    before += weight;
    from = end;
  }
}

function weightedPearson(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let [all, sumA, sumB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    all += weights[i]!;
    sumA += weights[i]! * a[i]!;
    sumB += weights[i]! * b[i]!;
  }
  const [meanA, meanB] = [sumA / all, sumB / all];
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db, weight] = [a[i]! - meanA, b[i]! - meanB, weights[i]!];
    both += weight * da * db;
    first += weight * da * da;
    second += weight * db * db;
  }
  // Ranks are halves of whole numbers: what is not constant varies by more than rounding.
  if (!(first > 1e-6) || !(second > 1e-6)) return NaN;
  return Math.max(-1, Math.min(1, both / Math.sqrt(first * second)));
}
