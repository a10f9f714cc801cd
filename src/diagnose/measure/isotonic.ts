/** Isotonic regression: the probabilities that fit best and never fall where the score rises (pool adjacent violators). */

import { byScore } from "./ranking.js";

/**
 * Ascending in both: the lowest and the highest score of each block of equal probability. Between two blocks the probability is interpolated; beyond them
 * it stays.
 */
export interface Isotonic {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

interface Block {
  sum: number;
  count: number;
  low: number;
  high: number;
}

/** @param positive 1 where it is, or a share. NaN scores are left out. */
export function fitIsotonic(scores: Float64Array, positive: ArrayLike<number>): Isotonic {
  const blocks: Block[] = [];
  const order = byScore(scores)
    .filter((row) => !Number.isNaN(scores[row]))
    .reverse();
  for (let i = 0; i < order.length;) {
    // Equal scores are one point.
    const block: Block = { sum: 0, count: 0, low: scores[order[i]!]!, high: scores[order[i]!]! };
    for (const score = scores[order[i]!]!; i < order.length && scores[order[i]!] === score; i++) {
      block.sum += positive[order[i]!]!;
      block.count++;
    }
    blocks.push(block);
    for (;;) {
      const [before, last] = blocks.slice(-2) as [Block, Block | undefined];
      if (last === undefined || before.sum / before.count < last.sum / last.count) break;
      blocks.splice(-2, 2, {
        sum: before.sum + last.sum,
        count: before.count + last.count,
        low: before.low,
        high: last.high,
      });
    }
  }
  const points = blocks.flatMap(({ sum, count, low, high }) =>
    (low < high ? [low, high] : [low]).map((score) => ({ score, probability: sum / count })),
  );
  return {
    scores: points.map(({ score }) => score),
    probabilities: points.map(({ probability }) => probability),
  };
}

export function isotonicAt({ scores, probabilities }: Isotonic, score: number): number {
  if (Number.isNaN(score) || scores.length === 0) return NaN;
  let [low, high] = [0, scores.length - 1];
  if (score <= scores[low]!) return probabilities[low]!;
  if (score >= scores[high]!) return probabilities[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
}
