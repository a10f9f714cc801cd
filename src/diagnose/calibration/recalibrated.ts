/**
 * What recalibration takes off a proper score, and what it leaves. A score's mean is calibration (how far forecasts are from the frequency with which they
 * come true) plus refinement (how little those frequencies say) (Bröcker 2009). The frequencies given a whole forecast are not known: any cross-fitted
 * recalibration gives, on average, a lower bound of the calibration part (Berta et al. 2025). Two are tried, and the better one stands.
 */

import { fitIsotonic, isotonicAt } from "../measure/isotonic.js";
import type { Forecasts } from "./forecasts.js";
import { scoreForecasts, type ScoredForecasts } from "./score-forecasts.js";
import { rowsBeside } from "./temperature.js";

/** Of more labels isotonic regression has too little to go by in each. */
export const isotonicLabels = 20;

/**
 * Isotonic regression of each label's probability (Zadrozny and Elkan 2002), fitted on the other folds, its values kept off 0 and 1 by 1 / (n + 2), then normalised.
 *
 * @returns each example's scores under the recalibrated forecasts
 */
export function scoreIsotonic(
  forecasts: Forecasts,
  { probabilities }: Pick<ScoredForecasts, "probabilities">,
  fold: Int32Array,
): ScoredForecasts {
  const { size, labels, target } = forecasts;
  const log = new Float64Array(size * labels);
  const count = fold.reduce((most, f) => Math.max(most, f + 1), 0);
  const fitted = labels === 2 ? [1] : Array.from({ length: labels }, (_, k) => k);
  const column = (of: Float64Array, rows: Int32Array, k: number): Float64Array =>
    Float64Array.from(rows, (row) => of[row * labels + k]!);
  for (let f = 0; f < count; f++) {
    const others = count === 1 ? Int32Array.from(fold.keys()) : rowsBeside(fold, f);
    const floor = 1 / (others.length + 2);
    for (const k of fitted) {
      const isotonic = fitIsotonic(column(probabilities, others, k), column(target, others, k));
      for (let row = 0; row < size; row++) {
        if (fold[row] !== f || forecasts.log[row * labels + k] === -Infinity) continue;
        const p = isotonicAt(isotonic, probabilities[row * labels + k]!);
        log[row * labels + k] = Math.log(Math.min(1 - floor, Math.max(floor, p)));
      }
    }
  }
  for (let row = 0; row < size; row++) {
    const from = row * labels;
    if (labels === 2) log[from] = Math.log1p(-Math.exp(log[from + 1]!));
    for (let k = 0; k < labels; k++) if (forecasts.log[from + k] === -Infinity) log[from + k] = -Infinity;
  }
  return scoreForecasts({ size, labels, log, target });
}
