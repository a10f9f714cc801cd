/** A slice: the examples that share a trait. */

import type { SliceKind } from "./slice-kinds.js";

export interface Slice {
  readonly kind: SliceKind;
  /** The column that it is about; null where it is about the label or the whole example. */
  readonly field: string | null;
  /** What the examples share, as a person reads it. */
  readonly value: string;
  /** Rows that have it, ascending; of those that are compared. */
  readonly rows: Int32Array;
}

/** What slices are made from. Rows are the run's. */
export interface SliceSource {
  /** Rows that are compared, ascending: inside and outside together. */
  readonly rows: Int32Array;
  readonly size: number;
  /** Fewer examples than this, inside and outside together, are no slice. */
  readonly minSupport: number;
}

/** Rows apart by a number of each: those of 0, of 1, ... @param keys below 0: in none. */
export function rowsByKey(rows: Int32Array, keys: (row: number) => number, count: number): Int32Array[] {
  const sizes = new Int32Array(count);
  for (const row of rows) {
    const key = keys(row);
    if (key >= 0) sizes[key]!++;
  }
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (const row of rows) {
    const key = keys(row);
    if (key >= 0) parts[key]![sizes[key]!++] = row;
  }
  return parts;
}
