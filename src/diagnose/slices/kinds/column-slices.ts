/** Slices by a column of the source: its values, or quantiles where they are numbers. */

import { quantileBins } from "../quantile-bins.js";
import { rowsByKey, type Slice, type SliceSource } from "../slice.js";

/** A column with no more distinct numbers than this is a code, and each number a value. */
const fewNumbers = 12;

/**
 * Missing values are a slice of their own.
 *
 * @param values a text a row of the run, null where missing
 * @param bins at most so many quantiles of numbers
 */
export function columnSlices(
  source: SliceSource,
  name: string,
  values: readonly (string | null)[],
  bins: number,
): Slice[] {
  const { rows, minSupport } = source;
  const numbers = asNumbers(values);
  const { keys, names } = numbers === null ? byValue(rows, values) : byQuantile(rows, numbers, bins);
  const missing = names.length;
  const parts = rowsByKey(rows, (row) => (keys[row]! < 0 ? missing : keys[row]!), missing + 1);
  return parts
    .map((own, key): Slice => {
      const value = key === missing ? "(missing)" : names[key]!;
      return { kind: "column", field: name, value, rows: own };
    })
    .filter((slice) => slice.rows.length >= minSupport && slice.rows.length < rows.length);
}

/** null where some value is no number, or there are few different ones. */
function asNumbers(values: readonly (string | null)[]): Float64Array | null {
  const distinct = new Set<number>();
  const numbers = new Float64Array(values.length).fill(NaN);
  for (const [row, value] of values.entries()) {
    if (value === null || value.trim() === "") continue;
    const number = Number(value);
    if (!Number.isFinite(number)) return null;
    numbers[row] = number;
    if (distinct.size <= fewNumbers) distinct.add(number);
  }
  return distinct.size > fewNumbers ? numbers : null;
}

function byValue(
  rows: Int32Array,
  values: readonly (string | null)[],
): { readonly keys: Int32Array; readonly names: readonly string[] } {
  const numbers = new Map<string, number>();
  const keys = new Int32Array(values.length).fill(-1);
  for (const row of rows) {
    const value = values[row] ?? null;
    if (value === null || value === "") continue;
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    keys[row] = numbers.get(value)!;
  }
  return { keys, names: [...numbers.keys()] };
}

function byQuantile(
  rows: Int32Array,
  numbers: Float64Array,
  bins: number,
): { readonly keys: Int32Array; readonly names: readonly string[] } {
  const { binOf, ranges } = quantileBins(numbers, rows, bins);
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  return {
    keys: binOf,
    names: ranges.map(([low, high]) => (low === high ? short(low) : `${short(low)} to ${short(high)}`)),
  };
}
