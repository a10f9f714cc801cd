/** Counts of examples in the cells of a grid over the map, with their mean correctness: what is drawn where points would overlap. */

import { hasPlace, type Extent } from "./area.js";

export interface Coordinates {
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  readonly correctness: Float64Array;
}

export interface Density {
  readonly columns: number;
  readonly rows: number;
  /** Row-major, the first row at the lowest confidence. */
  readonly counts: Uint32Array;
  /** Of those whose correctness is known: how many, and the sum. */
  readonly known: Uint32Array;
  readonly correctness: Float64Array;
  /** Examples in the fullest cell. */
  readonly most: number;
}

/**
 * One pass over the examples. Those without a place on the map are left out; those on the far edges count in the last cells, and so do
 * those beyond an extent.
 */
export function mapDensity(
  { confidence, variability, correctness: shares }: Coordinates,
  across: Extent,
  up: Extent,
  columns: number,
  rows: number,
): Density {
  const counts = new Uint32Array(columns * rows);
  const known = new Uint32Array(columns * rows);
  const correctness = new Float64Array(columns * rows);
  const perColumn = columns / (across.to - across.from);
  const perRow = rows / (up.to - up.from);
  let most = 0;
  for (let i = 0; i < confidence.length; i++) {
    const c = confidence[i]!;
    const v = variability[i]!;
    if (!hasPlace(c, v)) continue;
    const column = Math.max(0, Math.min(columns - 1, Math.floor((v - across.from) * perColumn)));
    const row = Math.max(0, Math.min(rows - 1, Math.floor((c - up.from) * perRow)));
    const cell = row * columns + column;
    const n = ++counts[cell]!;
    if (n > most) most = n;
    const share = shares[i]!;
    if (share >= 0) {
      known[cell]!++;
      correctness[cell]! += share;
    }
  }
  return { columns, rows, counts, known, correctness, most };
}

/** Counts in equal bins from `from` to `to`, the last one closed. What lies outside, and NaN, is left out. */
export function histogram(values: Float64Array, { from, to }: Extent, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  const scale = bins / (to - from);
  for (const value of values) {
    if (!(value >= from && value <= to)) continue;
    counts[Math.min(bins - 1, Math.floor((value - from) * scale))]!++;
  }
  return counts;
}
