/**
 * Observations: what the model said of every example in one epoch, as columns in the order of the rows. Everything but
 * the logits is derived from the logits and the gold label; the definitions are those of docs/definitions.md.
 */

import { InternalError } from "../core/errors.js";

/** Logits in the order of the rows, one row after another. */
export interface RowLogits {
  readonly values: Float32Array;
  /** How many logits each row has: one number where all have the same, else one a row (multiple choice). */
  readonly widths: number | Int32Array;
}

/** One epoch's observations: one entry a row, `null` where a column was not recorded. */
export interface Observations {
  /** Number of rows. */
  readonly size: number;
  /** Probability of the gold label, in [0, 1]. */
  readonly goldProbability: Float32Array | null;
  /** Index of the largest logit; of several equal ones the first. */
  readonly predicted: Int32Array | null;
  /** Probability of the predicted label. */
  readonly predictedProbability: Float32Array | null;
  /** Gold logit minus the largest other one: above 0 where the prediction is right. */
  readonly margin: Float32Array | null;
  /** Negative logarithm of the gold label's probability, in nats; finite where the probability underflows. */
  readonly loss: Float32Array | null;
  /** Entropy of the probabilities, in nats. */
  readonly entropy: Float32Array | null;
  /** Euclidean norm of (probabilities - one-hot gold), Paul et al. 2021. */
  readonly el2n: Float32Array | null;
  readonly logits: RowLogits | null;
}

const largestFloat32 = 3.4028234663852886e38;

/**
 * Derives every column from the logits: a softmax in double precision whose sum leaves the largest term out, so that a
 * probability near 1 still has an exact loss and distance to 1.
 *
 * @param logits finite, at least two a row
 * @param gold index of each row's gold label among its logits
 */
export function deriveObservations(logits: RowLogits, gold: Int32Array): Observations {
  const { values, widths } = logits;
  const size = gold.length;
  const goldProbability = new Float32Array(size);
  const predicted = new Int32Array(size);
  const predictedProbability = new Float32Array(size);
  const margin = new Float32Array(size);
  const loss = new Float32Array(size);
  const entropy = new Float32Array(size);
  const el2n = new Float32Array(size);
  const fixedWidth = typeof widths === "number" ? widths : 0;
  const rowWidths = typeof widths === "number" ? null : widths;

  let start = 0;
  for (let row = 0; row < size; row++) {
    const width = rowWidths === null ? fixedWidth : (rowWidths[row] as number);
    const goldIndex = gold[row] as number;
    if (width < 2 || goldIndex < 0 || goldIndex >= width || start + width > values.length) {
      throw new InternalError(`row ${row} has gold label ${goldIndex} among ${width} logits at ${start}`);
    }

    let best = 0;
    let largest = values[start] as number;
    let largestOther = -Infinity;
    for (let k = 0; k < width; k++) {
      const value = values[start + k] as number;
      if (value > largest) {
        largest = value;
        best = k;
      }
      if (k !== goldIndex && value > largestOther) largestOther = value;
    }

    // With d = largest - logit and e = exp(-d): the sum is 1 + rest, where the 1 is the prediction itself.
    let rest = 0;
    let weightedDistance = 0;
    let squares = 0;
    for (let k = 0; k < width; k++) {
      if (k === best) continue;
      const distance = largest - (values[start + k] as number);
      const term = Math.exp(-distance);
      rest += term;
      weightedDistance += term * distance;
      if (k !== goldIndex) squares += term * term;
    }
    const sum = 1 + rest;
    const logSum = Math.log1p(rest);
    const goldDistance = largest - (values[start + goldIndex] as number);
    const goldTerm = goldIndex === best ? 1 : Math.exp(-goldDistance);
    const goldGap = goldIndex === best ? rest : sum - goldTerm;
    if (goldIndex !== best) squares += 1;

    goldProbability[row] = goldTerm / sum;
    predicted[row] = best;
    predictedProbability[row] = 1 / sum;
    const difference = (values[start + goldIndex] as number) - largestOther;
    margin[row] = Math.min(largestFloat32, Math.max(-largestFloat32, difference));
    loss[row] = Math.min(largestFloat32, logSum + goldDistance);
    entropy[row] = logSum + weightedDistance / sum;
    el2n[row] = Math.sqrt(squares + goldGap * goldGap) / sum;
    start += width;
  }
  if (start !== values.length) {
    throw new InternalError(`${values.length} logits for ${size} rows that have ${start}`);
  }
  return { size, goldProbability, predicted, predictedProbability, margin, loss, entropy, el2n, logits };
}
