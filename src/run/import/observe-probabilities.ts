/** What follows from a gold probability alone. */

import type { Observations } from "../observation.js";

/** -log of the smallest positive 32-bit float: the loss of a probability that was rounded to 0. */
const largestLoss = 149 * Math.LN2;

/**
 * With two labels the other one has the rest: then prediction, entropy and error norm are known too. A tie is no right
 * prediction.
 *
 * @param gold indices of the gold labels, where known
 * @param predicted indices of the predicted labels, where a second table says them
 */
export function observeProbabilities(
  probabilities: Float64Array,
  twoLabels: boolean,
  gold: Int32Array | null,
  predicted: Int32Array | null,
): Observations {
  const loss = (p: number): number => Math.min(largestLoss, -Math.log(p));
  const part = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  const derived = (of: (p: number) => number): Float32Array | null =>
    twoLabels ? Float32Array.from(probabilities, of) : null;
  return {
    size: probabilities.length,
    goldProbability: Float32Array.from(probabilities),
    predicted:
      predicted ??
      (twoLabels && gold
        ? gold.map((label, row) => ((probabilities[row] as number) > 0.5 ? label : 1 - label))
        : null),
    predictedProbability: derived((p) => Math.max(p, 1 - p)),
    margin: null,
    loss: Float32Array.from(probabilities, loss),
    entropy: derived((p) => part(p) + part(1 - p)),
    el2n: derived((p) => Math.SQRT2 * (1 - p)),
    logits: null,
  };
}
