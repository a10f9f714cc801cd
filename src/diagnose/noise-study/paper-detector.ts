/**
 * The paper's detector, judged honestly. It is learned from injections of other seeds and judged on this one: on balanced data as the paper gives it, and at the
 * prevalence that wrong labels have, where most of what it flags may be right.
 */

import { deriveSeed } from "../../core/random.js";
import { balancedRows, fitOnFlips } from "../detect/detectors/cartography.js";
import type { InjectedMap } from "../detect/evidence.js";
import { averagePrecision } from "../measure/ranking.js";
import { correctPrior } from "../measure/prior-shift.js";

export const featureSets = {
  both: ["confidence", "variability"],
  confidence: ["confidence"],
  variability: ["variability"],
} as const;
export type FeatureSet = keyof typeof featureSets;

export interface AtPrevalence {
  readonly flagged: number;
  /** Flipped among them. */
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
}

export interface PaperScores {
  /** F1 of the flipped among as many unflipped, drawn from all of them; the mean of several draws. */
  readonly balancedF1: number;
  /** The same, the unflipped drawn from the examples that could have flipped. */
  readonly balancedF1InPool: number;
  /** Of all examples, at .5 of the balanced model. */
  readonly plain: AtPrevalence;
  /** At .5 after the prior was corrected. */
  readonly corrected: AtPrevalence & { readonly prior: number };
  readonly averagePrecision: number;
}

const draws = 5;

/**
 * @param learn maps of injections of other seeds, at least one
 * @param judge the map that it is judged on
 * @param pool 1 where an example could flip; null: all could
 */
export function judgePaperDetector(
  learn: readonly InjectedMap[],
  judge: InjectedMap,
  pool: Uint8Array | null,
  features: FeatureSet,
): PaperScores {
  const names = featureSets[features];
  const model = fitOnFlips(learn, 0, names);
  const logits = judge.confidence.map((_, row) => model.logit(names.map((name) => judge[name][row]!)));
  const balanced = (from: Uint8Array | null): number => {
    let sum = 0;
    for (let draw = 0; draw < draws; draw++) {
      const rows = balancedRows(judge, from, deriveSeed(judge.seed, `judge ${draw}`));
      sum += f1(rows, logits, judge.flipped) / draws;
    }
    return sum;
  };
  const probabilities = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const { probabilities: corrected, prior } = correctPrior(probabilities, 0.5);
  return {
    balancedF1: balanced(null),
    balancedF1InPool: balanced(pool),
    plain: atPrevalence(probabilities, judge.flipped),
    corrected: { ...atPrevalence(corrected, judge.flipped), prior },
    averagePrecision: averagePrecision(logits, judge.flipped),
  };
}

/** What the detector flags of a run whose labels nobody flipped. */
export function flagOriginal(
  learn: readonly InjectedMap[],
  original: Pick<InjectedMap, "confidence" | "variability">,
): { readonly plain: number; readonly corrected: number; readonly prior: number } {
  const model = fitOnFlips(learn, 0);
  const probabilities = original.confidence.map(
    (p, row) => 1 / (1 + Math.exp(-model.logit([p, original.variability[row]!]))),
  );
  const { probabilities: corrected, prior } = correctPrior(probabilities, 0.5);
  const count = (values: Float64Array): number => values.filter((p) => p > 0.5).length;
  return { plain: count(probabilities), corrected: count(corrected), prior };
}

function f1(rows: Int32Array, logits: Float64Array, flipped: Uint8Array): number {
  let [hit, said, all] = [0, 0, 0];
  for (const row of rows) {
    if (logits[row]! > 0) said++;
    if (flipped[row] === 1) all++;
    if (logits[row]! > 0 && flipped[row] === 1) hit++;
  }
  return (2 * hit) / (said + all);
}

function atPrevalence(probabilities: Float64Array, flipped: Uint8Array): AtPrevalence {
  let [flagged, right, all] = [0, 0, 0];
  probabilities.forEach((p, row) => {
    if (flipped[row] === 1) all++;
    if (!(p > 0.5)) return;
    flagged++;
    if (flipped[row] === 1) right++;
  });
  return { flagged, right, precision: flagged === 0 ? NaN : right / flagged, recall: right / all };
}
