/** Does variability say something of agreement that confidence does not? Ladders of predictors, each step's gain on examples that no model was fitted to. */

import { UserError } from "../../core/errors.js";
import { crossFittedDeviance, groupFolds, type Predictor } from "./cross-fit.js";
import { estimate, once, resampled, type Estimate } from "./group-bootstrap.js";
import type { VotedExamples } from "./voted-examples.js";

export interface AddedValueRequest {
  readonly examples: VotedExamples;
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  /** Characters of each example; null where the run keeps no texts. */
  readonly length: Float64Array | null;
  readonly folds: number;
  /** Assignments to folds that are averaged over. */
  readonly repeats: number;
  readonly resamples: number;
  readonly seed: number;
}

export interface Rung {
  readonly predictors: readonly string[];
  /** Mean deviance an example, nats. */
  readonly deviance: number;
  /** Share of the deviance of a constant that it takes away; negative where it is worse. */
  readonly explained: number;
}

export interface AddedValue {
  readonly size: number;
  readonly folds: number;
  readonly repeats: number;
  /** A constant; label and length; with confidence; with variability too; with variability instead of confidence. */
  readonly rungs: readonly Rung[];
  /** Mean deviance that each takes away, given label and length. */
  readonly confidence: Estimate;
  readonly variability: Estimate;
  /** Of variability given confidence, label and length: the question. Its test: the interval is above 0. */
  readonly added: Estimate;
  readonly verdict: "adds" | "does not show" | "harms";
}

/** null with a reason where there are too few groups or agreement does not vary. */
export function addedValue(request: AddedValueRequest): AddedValue | string {
  const { examples, confidence, variability, length, folds, repeats, resamples, seed } = request;
  const { size, agreement, gold, unitCount, units } = examples;
  if (folds < 2)
    throw new UserError({ subject: "--folds", problem: "too few", value: folds, remedy: "give 2 or more" });
  const outcome = outcomeOf(agreement);
  if (typeof outcome === "string") return outcome;
  if (unitCount < 5 * folds)
    return `${unitCount} groups are too few for ${folds} folds of five groups or more`;
  for (const [name, values] of Object.entries({ confidence, variability }))
    if (values.some(Number.isNaN)) return `the run's map lacks ${name} of some examples`;
  const label: Predictor = { kind: "label", values: gold };
  const spline = (values: Float64Array): Predictor => ({ kind: "spline", values });
  const common: [string, Predictor][] = [
    ["label", label],
    ...(length === null ? [] : [["length", spline(length.map((n) => Math.log1p(n)))] as [string, Predictor]]),
  ];
  const own: [string, Predictor] = ["confidence", spline(confidence)];
  const other: [string, Predictor] = ["variability", spline(variability)];
  const ladder = [[], common, [...common, own], [...common, own, other], [...common, other]];
  const deviances = ladder.map(() => new Float64Array(size));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf = groupFolds({ units, unitCount }, folds, seed + repeat);
    ladder.forEach((rung, at) => {
      const found = crossFittedDeviance(
        outcome,
        rung.map(([, predictor]) => predictor),
        foldOf,
        folds,
      );
      for (let i = 0; i < size; i++) deviances[at]![i]! += found[i]! / repeats;
    });
  }
  const gain = (less: number, more: number): ((weights: Float64Array) => number) => {
    return (weights) => {
      let [sum, all] = [0, 0];
      for (let i = 0; i < size; i++) {
        sum += weights[i]! * (deviances[less]![i]! - deviances[more]![i]!);
        all += weights[i]!;
      }
      return sum / all;
    };
  };
  const gains = [gain(1, 2), gain(1, 4), gain(2, 3)];
  const values = resampled(examples, gains, { resamples, seed });
  const [ofConfidence, ofVariability, added] = gains.map((one, at) =>
    estimate(one(once(size)), values[at]!)!,
  );
  const means = deviances.map((own) => own.reduce((sum, one) => sum + one, 0) / size);
  const { low, high } = added!.interval ?? { low: -Infinity, high: Infinity };
  return {
    size,
    folds,
    repeats,
    rungs: ladder.map((rung, at) => ({
      predictors: rung.map(([name]) => name),
      deviance: means[at]!,
      explained: 1 - means[at]! / means[0]!,
    })),
    confidence: ofConfidence!,
    variability: ofVariability!,
    added: added!,
    verdict: low > 0 ? "adds" : high < 0 ? "harms" : "does not show",
  };
}

/** Agreement in [0, 1]: entropy, which has its sign turned, as its share of the way from the least agreement seen to none of it. */
function outcomeOf(agreement: Float64Array): Float64Array | string {
  const least = agreement.reduce((min, own) => Math.min(min, own), Infinity);
  const most = agreement.reduce((max, own) => Math.max(max, own), -Infinity);
  if (agreement.some(Number.isNaN)) return "agreement of some examples is not known";
  if (least === most) return "all examples agree alike";
  return least < 0 ? agreement.map((own) => 1 + own / -least) : agreement;
}
