/**
 * How well a ranking finds what is to be found, at the prevalence that it has: positives are rare among label errors, and a score that counts
 * them as if they were half of all flatters.
 */

import { sortBy } from "../../core/sort-by.js";

/** Positives among the examples, from the highest score down; equal scores form one step. */
interface Step {
  /** Examples with this score or a higher one. */
  readonly seen: number;
  /** Positives among them. */
  readonly found: number;
}

/**
 * Rows by score, highest first; equal scores in the order of the rows; those without one (NaN) last.
 */
export function byScore(scores: Float64Array): Int32Array {
  return sortBy(
    Int32Array.from(scores.keys()),
    scores.map((score) => (Number.isNaN(score) ? Infinity : -score)),
  );
}

function* steps(scores: Float64Array, positive: ArrayLike<number>): Generator<Step> {
  const order = byScore(scores);
  let found = 0;
  for (let i = 0; i < order.length; i++) {
    if (positive[order[i]!] === 1) found++;
    const [score, next] = [scores[order[i]!]!, scores[order[i + 1] ?? -1] ?? null];
    const same = next !== null && (next === score || (Number.isNaN(next) && Number.isNaN(score)));
    if (!same) yield { seen: i + 1, found };
  }
}

/**
 * Average precision: the sum over distinct scores of precision times the recall gained there (as scikit-learn defines it, without
 * interpolation). What a random order has on average is the prevalence.
 *
 * @param positive 1 where it is to be found
 * @returns NaN where nothing is
 */
export function averagePrecision(scores: Float64Array, positive: ArrayLike<number>): number {
  let before = 0;
  let sum = 0;
  for (const { seen, found } of steps(scores, positive)) {
    sum += (found / seen) * (found - before);
    before = found;
  }
  return before === 0 ? NaN : sum / before;
}

/** The chance that a positive has a higher score than a negative, half of it where they are equal. NaN where one kind is missing. */
export function auroc(scores: Float64Array, positive: ArrayLike<number>): number {
  let [before, seenBefore, sum] = [0, 0, 0];
  for (const { seen, found } of steps(scores, positive)) {
    const negatives = seen - seenBefore - (found - before);
    // Negatives of this score lie under the positives above it, and half under those beside them.
    sum += negatives * (before + (found - before) / 2);
    [before, seenBefore] = [found, seen];
  }
  return sum / (before * (seenBefore - before));
}

export interface AtRank {
  /** Share of the first k that are positive. */
  readonly precision: number;
  /** Share of the positives among the first k. */
  readonly recall: number;
}

/** Precision and recall of the first k; where the cut falls among equals, as many of them count as a random order has on average. */
export function atRank(scores: Float64Array, positive: ArrayLike<number>, k: number): AtRank {
  const n = Math.min(k, scores.length);
  let [before, seenBefore, taken, all] = [0, 0, 0, 0];
  for (const { seen, found } of steps(scores, positive)) {
    const share = (Math.min(n, seen) - Math.min(n, seenBefore)) / (seen - seenBefore);
    taken += share * (found - before);
    [before, seenBefore, all] = [found, seen, found];
  }
  return { precision: taken / n, recall: taken / all };
}
