/** The t test of paired differences, one a replicate: what the noise of seeds allows to say, on these test examples. */

import type { Interval } from "./interval.js";
import { deviation, mean } from "./moments.js";
import { studentCdf, studentQuantile, studentTwoSided } from "./student.js";

export interface PairedT {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; NaN of one difference. */
  readonly deviation: number;
  /** null of one difference. */
  readonly interval: Interval | null;
  /** Two-sided, of a mean of 0; null of one difference. */
  readonly p: number | null;
}

/**
 * Mean, interval and p of differences (Student 1908). Where all differences are equal the interval is that point, and p is 1 at 0, else 0:
 * seeds add no noise there, and only the test set's own remains.
 *
 * @param level of the interval
 */
export function pairedT(differences: readonly number[], level = 0.95): PairedT {
  const n = differences.length;
  const centre = mean(differences);
  const spread = deviation(differences);
  if (n < 2) return { n, mean: centre, deviation: spread, interval: null, p: null };
  const error = spread / Math.sqrt(n);
  const reach = studentQuantile(1 - (1 - level) / 2, n - 1) * error;
  const p = error > 0 ? studentTwoSided(centre / error, n - 1) : centre === 0 ? 1 : 0;
  return { n, mean: centre, deviation: spread, interval: { low: centre - reach, high: centre + reach }, p };
}

/**
 * Two one-sided tests (Schuirmann 1987): the p of the claim that the mean lies outside ±margin. Small: the arms are equivalent.
 *
 * @returns null of one difference
 */
export function equivalence(differences: readonly number[], margin: number): number | null {
  const n = differences.length;
  if (n < 2) return null;
  const centre = mean(differences);
  const error = deviation(differences) / Math.sqrt(n);
  if (error === 0) return Math.abs(centre) < margin ? 0 : 1;
  const below = 1 - studentCdf((centre + margin) / error, n - 1);
  const above = studentCdf((centre - margin) / error, n - 1);
  return Math.max(below, above);
}

/**
 * The smallest true difference that a paired t test with these replicates would find: (t_{1-alpha/2} + t_{power}) s / sqrt(n).
 *
 * @param deviation of the paired differences
 * @returns NaN of fewer than two
 */
export function smallestDetectable(deviation: number, n: number, alpha = 0.05, power = 0.8): number {
  if (n < 2) return NaN;
  const df = n - 1;
  return ((studentQuantile(1 - alpha / 2, df) + studentQuantile(power, df)) * deviation) / Math.sqrt(n);
}
