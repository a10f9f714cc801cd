/** Numbers in bins of about as many examples each: cut at quantiles, equal numbers in one bin. */

import { sortBy } from "../../core/sort-by.js";

export interface QuantileBins {
  /** Bin of each row; -1 where it has no number. */
  readonly binOf: Int32Array;
  /** Smallest and largest number in each bin. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/**
 * @param values one a row of the run; NaN where there is none
 * @param rows those that are compared: the quantiles are theirs
 * @param bins at most so many; fewer where numbers are often equal
 */
export function quantileBins(values: Float64Array, rows: Int32Array, bins: number): QuantileBins {
  const known = sortBy(
    rows.filter((row) => !Number.isNaN(values[row])),
    values,
  );
  const binOf = new Int32Array(values.length).fill(-1);
  const ranges: [number, number][] = [];
  for (let at = 0; at < known.length;) {
    // Up to the next multiple of a bin's share, and on to the end of equal numbers.
    let end = Math.ceil(((Math.floor((at * bins) / known.length) + 1) * known.length) / bins);
    while (end < known.length && values[known[end]!] === values[known[end - 1]!]) end++;
    for (let i = at; i < end; i++) binOf[known[i]!] = ranges.length;
    ranges.push([values[known[at]!]!, values[known[end - 1]!]!]);
    at = end;
  }
  return { binOf, ranges };
}
