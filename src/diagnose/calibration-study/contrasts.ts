/** The contrasts of a calibration study, their intervals over seeds, and what they decide. The rules stand in docs/calibration.md, written before any study was run. */

import { pairedT } from "../../study/statistics/paired-t.js";
import type { CalibrationArm } from "./label-arms.js";
import type { CellPart, CellPoint } from "./cell.js";
import { matchedDifference } from "./matched.js";

export type CellsOfArm = ReadonlyMap<CalibrationArm, ReadonlyMap<number, readonly CellPoint[]>>;

export const questions = {
  "votes-calibrate": {
    says: "calibration comes from the uncertainty in the labels: without it (majority votes) a model is worse calibrated than with it (soft labels)",
    arm: "majority",
    against: "soft",
  },
  "one-vote-is-enough": {
    says: "one sampled vote carries that uncertainty: majority votes are worse calibrated than it",
    arm: "majority",
    against: "sampled",
  },
  "sharpening-removes-it": {
    says: "less uncertainty in the labels, less calibration: sharpened votes are worse calibrated than soft labels",
    arm: "sharpened",
    against: "soft",
  },
  "agreed-examples-miscalibrate": {
    says: "calibration goes when the data has no uncertainty: the examples that people agree on calibrate worse than random ones",
    arm: "high",
    against: "random",
  },
  "disputed-examples-calibrate": {
    says: "and comes back with it: the examples that people agree on least calibrate better than random ones",
    arm: "random",
    against: "low",
  },
} as const satisfies Record<string, { says: string; arm: CalibrationArm; against: CalibrationArm }>;

export type CalibrationQuestion = keyof typeof questions;

export interface SeedDifference {
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface CalibrationContrast {
  readonly question: CalibrationQuestion;
  readonly arm: CalibrationArm;
  readonly against: CalibrationArm;
  /** Smooth ECE against votes, the arm less the other: above 0 where the arm is worse. */
  readonly end: SeedDifference;
  readonly matched: SeedDifference;
  /** What is left of the difference of accuracy where they are matched. */
  readonly matchedAccuracy: SeedDifference;
  /** After temperature. */
  readonly endAfter: SeedDifference;
  readonly matchedAfter: SeedDifference;
  /** Other outcomes, at the end but for one, which decide nothing. */
  readonly others: {
    readonly accuracy: SeedDifference;
    /** Confidence less the share of votes for the prediction: its sign tells too sure from not sure enough, which an error does not. */
    readonly overconfidence: SeedDifference;
    readonly matchedOverconfidence: SeedDifference;
    readonly nll: SeedDifference;
    readonly nllAfter: SeedDifference;
    readonly smoothMajority: SeedDifference;
    readonly distance: SeedDifference;
  };
  readonly verdict: "holds" | "fails" | "inconclusive";
  /** Whether temperature brings it back: the difference after it lies within the margin at the end and matched. */
  readonly temperature: "brings back" | "does not" | "inconclusive" | null;
}

/** Smooth ECE that differs by less is alike. */
export const margin = 0.01;

/**
 * A mean of paired differences over random splits with its 95 % interval. Splits share examples, so the t interval's variance s² / n becomes
 * s² (1 / n + test / train) (Nadeau and Bengio 2003).
 *
 * @param ratio test examples to training examples
 */
export function overSplits(differences: readonly number[], ratio: number): SeedDifference {
  const { n, mean, interval } = pairedT(differences);
  const reach =
    interval === null ? Infinity : ((interval.high - interval.low) / 2) * Math.sqrt(1 + n * ratio);
  return { n, mean, low: mean - reach, high: mean + reach };
}

/** @param ratio test examples to training examples */
export function contrast(
  question: CalibrationQuestion,
  cells: CellsOfArm,
  ratio: number,
): CalibrationContrast {
  const { arm, against } = questions[question];
  const [own, other] = [cells.get(arm)!, cells.get(against)!];
  const seeds = [...own.keys()].filter((seed) => other.has(seed));
  const end = (value: (part: CellPart) => number): SeedDifference =>
    overSplits(
      seeds.map((seed) => value(own.get(seed)!.at(-1)!.whole) - value(other.get(seed)!.at(-1)!.whole)),
      ratio,
    );
  const at = (
    value: (part: CellPart) => number,
  ): { difference: SeedDifference; accuracy: SeedDifference } => {
    const all = seeds.map((seed) => matchedDifference(own.get(seed)!, other.get(seed)!, value));
    return {
      difference: overSplits(
        all.map(({ difference }) => difference),
        ratio,
      ),
      accuracy: overSplits(
        all.map(({ accuracy }) => accuracy),
        ratio,
      ),
    };
  };
  const matched = at(({ votes }) => votes.before.smooth);
  const plain = { end: end(({ votes }) => votes.before.smooth), matched: matched.difference };
  const after = {
    end: end(({ votes }) => votes.after.smooth),
    matched: at(({ votes }) => votes.after.smooth).difference,
  };
  const verdict = decide([plain.end, plain.matched]);
  return {
    ...{ question, arm, against, ...plain },
    matchedAccuracy: matched.accuracy,
    endAfter: after.end,
    matchedAfter: after.matched,
    others: {
      accuracy: end(({ majority }) => majority.before.accuracy),
      overconfidence: end(overconfidence),
      matchedOverconfidence: at(overconfidence).difference,
      nll: end(({ votes }) => votes.before.nll),
      nllAfter: end(({ votes }) => votes.after.nll),
      smoothMajority: end(({ majority }) => majority.before.smooth),
      distance: end(({ votes }) => votes.before.distance),
    },
    verdict,
    temperature: verdict === "holds" ? mended([after.end, after.matched]) : null,
  };
}

function overconfidence({ votes }: CellPart): number {
  return votes.before.confidence - votes.before.accuracy;
}

/** Holds where every interval lies above 0; fails where one lies below it, or all within the margin; else inconclusive. */
export function decide(intervals: readonly SeedDifference[]): CalibrationContrast["verdict"] {
  if (intervals.every(({ low }) => low > 0)) return "holds";
  if (intervals.some(({ high }) => high < 0) || intervals.every(within)) return "fails";
  return "inconclusive";
}

function mended(intervals: readonly SeedDifference[]): NonNullable<CalibrationContrast["temperature"]> {
  if (intervals.every(({ high }) => high < margin)) return "brings back";
  return intervals.some(({ low }) => low > 0) ? "does not" : "inconclusive";
}

function within({ low, high }: SeedDifference): boolean {
  return low > -margin && high < margin;
}
