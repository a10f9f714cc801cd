/** Outcomes of an arm at an accuracy that it reaches on its way: so that arms are compared where they are as often right. */

import type { CellPart, CellPoint } from "./cell.js";

/** Accuracy against the majority label, by which arms are matched. */
const accuracyOf = (part: CellPart): number => part.majority.before.accuracy;

/** A place between two points of a training. */
interface Place {
  readonly after: number;
  /** Towards the next point. */
  readonly share: number;
}

/** Where the accuracy of a half first reaches a target, by straight lines between points. The target is reached somewhere. */
export function firstReach(points: readonly CellPoint[], half: 0 | 1, target: number): Place {
  const accuracy = points.map(({ halves }) => accuracyOf(halves[half]));
  const at = accuracy.findIndex((value) => value >= target - 1e-12);
  if (at <= 0) return { after: Math.max(0, at), share: 0 };
  const [low, high] = [accuracy[at - 1]!, accuracy[at]!];
  return { after: at - 1, share: high > low ? (target - low) / (high - low) : 1 };
}

function between(
  points: readonly CellPoint[],
  half: 0 | 1,
  { after, share }: Place,
  value: (part: CellPart) => number,
): number {
  const [first, next] = [points[after]!, points[Math.min(points.length - 1, after + 1)]!];
  return (1 - share) * value(first.halves[half]) + share * value(next.halves[half]);
}

export interface MatchedDifference {
  /** Of the outcomes, the arm less the other. */
  readonly difference: number;
  /** What is left of the difference of accuracy, on the half that was not matched on. */
  readonly accuracy: number;
}

/**
 * The difference of two arms at the same accuracy: the lower of their best. Each is taken where it first reaches it on one half of the test part and measured on the
 * other, and the other way round: what was matched by luck does not count.
 */
export function matchedDifference(
  arm: readonly CellPoint[],
  other: readonly CellPoint[],
  outcome: (part: CellPart) => number,
): MatchedDifference {
  const sides = ([0, 1] as const).map((half) => {
    const best = (points: readonly CellPoint[]): number =>
      Math.max(...points.map(({ halves }) => accuracyOf(halves[half])));
    const target = Math.min(best(arm), best(other));
    const measured = half === 0 ? 1 : 0;
    const places = [firstReach(arm, half, target), firstReach(other, half, target)] as const;
    const difference = (value: (part: CellPart) => number): number =>
      between(arm, measured, places[0], value) - between(other, measured, places[1], value);
    return { difference: difference(outcome), accuracy: difference(accuracyOf) };
  });
  return {
    difference: (sides[0]!.difference + sides[1]!.difference) / 2,
    accuracy: (sides[0]!.accuracy + sides[1]!.accuracy) / 2,
  };
}
