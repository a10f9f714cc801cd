/** How one column follows another: by value (Pearson) and by rank (Spearman). */

import { midRanks } from "./mid-ranks.js";

export interface Correlation {
  /** Examples that have both values. */
  readonly size: number;
  /** Of ranks, equals sharing the mean of theirs. null where fewer than two have both, or one column is constant. */
  readonly spearman: number | null;
  readonly pearson: number | null;
}

/** A column with its ranks, kept for all the pairs that it stands in. */
export interface RankedColumn {
  readonly values: Float64Array;
  /** null where values are missing: then ranks are those among the examples that a pair shares. */
  readonly ranks: Float64Array | null;
}

export function rankColumn(values: Float64Array): RankedColumn {
  return { values, ranks: hasGaps(values) ? null : midRanks(values) };
}

/** Examples that lack one of the values (NaN) are left out. */
export function correlate(first: RankedColumn, second: RankedColumn): Correlation {
  if (first.ranks !== null && second.ranks !== null) {
    return {
      size: first.values.length,
      spearman: pearson(first.ranks, second.ranks),
      pearson: pearson(first.values, second.values),
    };
  }
  const has = (_: number, row: number): boolean =>
    !Number.isNaN(first.values[row]) && !Number.isNaN(second.values[row]);
  const a = first.values.filter(has);
  const b = second.values.filter(has);
  return { size: a.length, spearman: pearson(midRanks(a), midRanks(b)), pearson: pearson(a, b) };
}

/** In two passes, so that values far from 0 lose nothing. */
export function pearson(a: Float64Array, b: Float64Array): number | null {
  const n = a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    both += da * db;
    first += da * da;
    second += db * db;
  }
  // Equal values whose mean is rounded leave dust, not variation.
  if (constant(a) || constant(b)) return null;
  const r = both / (Math.sqrt(first) * Math.sqrt(second));
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : null;
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function hasGaps(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

function constant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
