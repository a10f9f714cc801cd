/**
 * Platt scaling (2000): a logistic curve from scores to probabilities, two numbers where isotonic regression has a step for each score. Its targets are drawn in a
 * little, as Platt does, so that scores which part both classes give no certainty.
 */

import { fitLogistic } from "../detect/logistic.js";

/** The log odds are intercept + slope x score. */
export interface Platt {
  readonly slope: number;
  readonly intercept: number;
}

/** Almost no pull of the slope to zero: of scores that part the classes the targets bound it. */
const strength = 1e6;

/**
 * Where scores tell nothing apart (all are equal, or all of one kind), the curve is flat at the share of positives, one more of each kind added.
 *
 * @param positive 1 where it is. NaN scores are left out.
 */
export function fitPlatt(scores: Float64Array, positive: ArrayLike<number>): Platt {
  const known = Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]));
  const positives = known.reduce((sum, row) => sum + (positive[row] === 1 ? 1 : 0), 0);
  const [hit, miss] = [(positives + 1) / (positives + 2), 1 / (known.length - positives + 2)];
  const few =
    positives === 0 || positives === known.length || known.every((row) => scores[row] === scores[known[0]!]);
  if (few) return { slope: 0, intercept: Math.log((positives + 1) / (known.length - positives + 1)) };
  // Of unit deviation, so that Newton's steps do not depend on what a detector calls its score.
  const mean = known.reduce((sum, row) => sum + scores[row]!, 0) / known.length;
  const variance = known.reduce((sum, row) => sum + (scores[row]! - mean) ** 2, 0) / known.length;
  const unit = Math.sqrt(variance);
  const model = fitLogistic(
    known.map((row) => [(scores[row]! - mean) / unit]),
    known.map((row) => (positive[row] === 1 ? hit : miss)),
    strength,
  );
  const slope = model.weights[0]! / unit;
  return { slope, intercept: model.intercept - slope * mean };
}

export function plattAt({ slope, intercept }: Platt, score: number): number {
  return 1 / (1 + Math.exp(-(intercept + slope * score)));
}
