/**
 * Whether an association can be chance. Small counts: two-sided as in Fisher's test (all counts that are no likelier than the one seen; of several strata
 * Gart 1970). Large ones: the chi-squared statistic of Cochran (1954), Mantel and Haenszel (1959) with continuity correction.
 */

import { erfc } from "./erfc.js";
import { chanceCounts } from "./hypergeometric.js";
import type { StratumTable } from "./strata.js";

/** Expected counts from here up, on both sides of each way that a count can go: the statistic's distribution is near enough. */
const enough = 200;
/** p values below it are given as it: nobody needs them, and sums of so small terms are not exact. */
export const smallestP = 1e-30;

export interface Moments {
  readonly seen: number;
  /** What no association would give. */
  readonly expected: number;
  readonly variance: number;
  /** How far expected is from the smallest and the largest possible count, the nearer one: the criterion of Mantel and Fleiss (1980). */
  readonly room: number;
}

export function momentsOf(tables: Iterable<StratumTable>): Moments {
  let [seen, expected, variance, low, high] = [0, 0, 0, 0, 0];
  for (const { a, b, c, d } of tables) {
    const [inside, outside, having, n] = [a + b, c + d, a + c, a + b + c + d];
    seen += a;
    expected += (having * inside) / n;
    if (n > 1) variance += (inside * outside * having * (b + d)) / (n * n * (n - 1));
    low += Math.max(0, having - outside);
    high += Math.min(having, inside);
  }
  return { seen, expected, variance, room: Math.min(expected - low, high - expected) };
}

/** p of no association within the strata, two-sided, at least `smallestP`. */
export function associationP(tables: readonly StratumTable[]): number {
  const moments = momentsOf(tables);
  if (moments.variance === 0) return 1;
  const p = moments.room >= enough ? statisticP(moments) : exactP(tables, moments.seen);
  return Math.min(1, Math.max(smallestP, p));
}

/** By the continuity-corrected statistic. */
export function statisticP({ seen, expected, variance }: Moments): number {
  return erfc(Math.max(0, Math.abs(seen - expected) - 0.5) / Math.sqrt(2 * variance));
}

/** By the exact distribution. */
export function exactP(tables: readonly StratumTable[], seen: number): number {
  const { from, logs } = chanceCounts(tables, Math.log(smallestP) - 20);
  const own = logs[seen - from];
  if (own === undefined) return 0;
  let [sum, all] = [0, 0];
  for (const log of logs) {
    const term = Math.exp(log);
    all += term;
    // Terms that differ by rounding only are equal.
    if (log <= own + 1e-7) sum += term;
  }
  return sum / all;
}
