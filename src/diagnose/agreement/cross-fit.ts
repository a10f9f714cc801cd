/** Predictions of each example by a fractional logit that was fitted without its group: what a set of predictors says of agreement, and no more. */

import { Random } from "../../core/random.js";
import { fitLogistic } from "../detect/logistic.js";
import type { Units } from "./group-bootstrap.js";
import { naturalSpline } from "./natural-spline.js";

/** `spline`: a natural cubic spline of a number. `label`: a column for each but one. */
export type Predictor =
  | { readonly kind: "spline"; readonly values: Float64Array }
  | { readonly kind: "label"; readonly values: Int32Array };

/** Fold of each example; groups whole, sizes as equal as the groups allow. */
export function groupFolds({ units, unitCount }: Units, folds: number, seed: number): Int32Array {
  const size = new Int32Array(unitCount);
  for (const unit of units) size[unit]!++;
  const order = new Random(seed).shuffle(Int32Array.from(size.keys()));
  const held = new Float64Array(folds);
  const foldOf = new Int32Array(unitCount);
  for (const unit of order) {
    let least = 0;
    for (let fold = 1; fold < folds; fold++) if (held[fold]! < held[least]!) least = fold;
    foldOf[unit] = least;
    held[least]! += size[unit]!;
  }
  return units.map((unit) => foldOf[unit]!);
}

/**
 * The binomial deviance of each example's agreement, 2 (y log(y/m) + (1-y) log((1-y)/(1-m))) in nats, m fitted to the other folds (Papke and Wooldridge 1996);
 * columns are standardised and their weights shrunk by a ridge of 1.
 *
 * @param outcome in [0, 1]
 */
export function crossFittedDeviance(
  outcome: Float64Array,
  predictors: readonly Predictor[],
  foldOf: Int32Array,
  folds: number,
): Float64Array {
  const deviance = new Float64Array(outcome.length);
  const rows = Int32Array.from(outcome.keys());
  for (let fold = 0; fold < folds; fold++) {
    const fitted = rows.filter((row) => foldOf[row] !== fold);
    const held = rows.filter((row) => foldOf[row] === fold);
    if (held.length === 0) continue;
    const design = designOf(predictors, fitted, outcome.length);
    const model = fitLogistic(
      Array.from(fitted, (row) => design[row]!),
      Float64Array.from(fitted, (row) => outcome[row]!),
    );
    for (const row of held) deviance[row] = binomialDeviance(outcome[row]!, model.logit(design[row]!));
  }
  return deviance;
}

/** Every row's columns, standardised over the rows that are fitted: nothing of the others plays a part. */
function designOf(predictors: readonly Predictor[], fitted: Int32Array, size: number): number[][] {
  const parts = predictors.map((predictor): ((row: number) => number[]) => {
    if (predictor.kind === "label") {
      const names = [...new Set(fitted.map((row) => predictor.values[row]!))].sort((a, b) => a - b).slice(1);
      return (row) => names.map((name) => (predictor.values[row] === name ? 1 : 0));
    }
    const basis = naturalSpline(Float64Array.from(fitted, (row) => predictor.values[row]!));
    return (row) => basis.columns(predictor.values[row]!);
  });
  const points = Array.from({ length: size }, (_, row) => parts.flatMap((part) => part(row)));
  for (let j = 0; j < (points[0]?.length ?? 0); j++) {
    let [mean, variance] = [0, 0];
    for (const row of fitted) mean += points[row]![j]! / fitted.length;
    for (const row of fitted) variance += (points[row]![j]! - mean) ** 2 / fitted.length;
    const deviation = variance > 0 ? Math.sqrt(variance) : 1;
    for (const point of points) point[j] = (point[j]! - mean) / deviation;
  }
  return points;
}

function binomialDeviance(y: number, logit: number): number {
  // -log m and -log(1 - m), without overflow.
  const [yes, no] = [softplus(-logit), softplus(logit)];
  const own = (y > 0 ? y * Math.log(y) : 0) + (y < 1 ? (1 - y) * Math.log(1 - y) : 0);
  return Math.max(0, 2 * (own + y * yes + (1 - y) * no));
}

function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
