/** What every measure is made of: each example's confidence, whether it came true, and its proper scores. */

import type { Forecasts } from "./forecasts.js";

export interface ScoredForecasts {
  readonly size: number;
  readonly labels: number;
  /** size x labels, row-major. */
  readonly probabilities: Float64Array;
  /** Of the most probable label; of equal ones the first. */
  readonly predicted: Int32Array;
  /** Its probability. */
  readonly confidence: Float64Array;
  /** Its target: 1 where it is the gold label, else 0; against votes, the share of votes for it. */
  readonly outcome: Float64Array;
  /** -log of the probability of what came, nats; against votes, on average over them. */
  readonly nll: Float64Array;
  /** Sum over labels of (probability - what came)^2, in [0, 2] (Brier 1950; scikit-learn halves it for two labels); against votes, on average over them. */
  readonly brier: Float64Array;
}

/**
 * @param sharpness 1 / temperature of each row's forecast, or of all: probabilities to this power, normalised. Default: 1
 */
export function scoreForecasts(
  { size, labels, log, target }: Forecasts,
  sharpness: number | Float64Array = 1,
): ScoredForecasts {
  const probabilities = new Float64Array(size * labels);
  const predicted = new Int32Array(size);
  const confidence = new Float64Array(size);
  const outcome = new Float64Array(size);
  const nll = new Float64Array(size);
  const brier = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const power = typeof sharpness === "number" ? sharpness : sharpness[row]!;
    const from = row * labels;
    let best = 0;
    for (let k = 1; k < labels; k++) if (log[from + k]! > log[from + best]!) best = k;
    const largest = log[from + best]!;
    let sum = 0;
    for (let k = 0; k < labels; k++) sum += Math.exp(power * (log[from + k]! - largest));
    const normaliser = Math.log(sum);
    let loss = 0;
    let squares = 1;
    for (let k = 0; k < labels; k++) {
      const value = power * (log[from + k]! - largest) - normaliser;
      const p = Math.exp(value);
      const share = target[from + k]!;
      probabilities[from + k] = p;
      if (share > 0) loss -= share * value;
      squares += p * p - 2 * p * share;
    }
    predicted[row] = best;
    confidence[row] = probabilities[from + best]!;
    outcome[row] = target[from + best]!;
    nll[row] = Math.max(0, loss);
    brier[row] = Math.max(0, squares);
  }
  return { size, labels, probabilities, predicted, confidence, outcome, nll, brier };
}
