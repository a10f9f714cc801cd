/** Spearman's correlation of examples that count several times or not at all, as bootstraps need it: sorted once, ranked anew in one pass. */

import { sortBy } from "../../core/sort-by.js";
import type { Statistic } from "./group-bootstrap.js";

/** A column in its order, and room for its ranks. */
interface Sorted {
  readonly values: Float64Array;
  /** Places by value, lowest first. */
  readonly order: Int32Array;
  /** Less their mean. */
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
  const { sizes, spearmans } = rankCorrelations([a], b);
  return { size: sizes[0]!, spearman: (weights) => spearmans(weights)[0]! };
}

/** Of several columns with one: that one is ranked once for all columns that lack no value. */
export function rankCorrelations(
  columns: readonly Float64Array[],
  other: Float64Array,
): { readonly sizes: readonly number[]; readonly spearmans: (weights: Float64Array) => Float64Array } {
  const whole = other.some(Number.isNaN) ? null : sorted(other);
  const pairs = columns.map((column) => {
    if (whole !== null && !column.some(Number.isNaN))
      return { at: null, own: sorted(column), against: whole };
    const at = Int32Array.from(other.keys()).filter(
      (i) => !Number.isNaN(column[i]) && !Number.isNaN(other[i]),
    );
    const pick = (values: Float64Array): Sorted => sorted(Float64Array.from(at, (i) => values[i]!));
    return { at, own: pick(column), against: pick(other) };
  });
  const found = new Float64Array(columns.length);
  return {
    sizes: pairs.map(({ at }) => at?.length ?? other.length),
    spearmans: (weights) => {
      const spread = whole === null ? NaN : rank(whole, weights);
      pairs.forEach(({ at, own, against }, column) => {
        const counted = at === null ? weights : Float64Array.from(at, (i) => weights[i]!);
        const squares = rank(own, counted);
        const others = at === null ? spread : rank(against, counted);
        let both = 0;
        for (let i = 0; i < counted.length; i++) both += counted[i]! * own.ranks[i]! * against.ranks[i]!;
        // Ranks are halves of whole numbers: what is not constant varies by more than rounding.
        const varies = squares > 1e-6 && others > 1e-6;
        found[column] = varies ? Math.max(-1, Math.min(1, both / Math.sqrt(squares * others))) : NaN;
      });
      return found;
    },
  };
}

function sorted(values: Float64Array): Sorted {
  const order = sortBy(Int32Array.from(values.keys()), values);
  return { values, order, ranks: new Float64Array(values.length) };
}

/** Ranks as if each example stood there as often as it counts, less their mean. @returns the sum of their squares */
function rank({ values, order, ranks }: Sorted, weights: Float64Array): number {
  let all = 0;
  for (let i = 0; i < weights.length; i++) all += weights[i]!;
  let [before, squares] = [0, 0];
  for (let from = 0; from < order.length;) {
    const value = values[order[from]!];
    let [end, weight] = [from, 0];
    for (; end < order.length && values[order[end]!] === value; end++) weight += weights[order[end]!]!;
    // The mean rank of all is (all - 1) / 2.
    const own = before + (weight - all) / 2;
    for (let at = from; at < end; at++) ranks[order[at]!] = own;
    squares += weight * own * own;
    before += weight;
    from = end;
  }
  return squares;
}
