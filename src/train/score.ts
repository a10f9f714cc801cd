/**
 * How good predictions are. The definitions are those of docs/definitions.md; where scikit-learn has the figure too, the
 * values are the same.
 */

import { InternalError } from "../core/errors.js";
import type { RowLogits } from "../run/observation.js";
import type { ScoredLabels } from "./map-labels.js";

export interface LabelScore {
  readonly label: string;
  /** Examples whose gold label it is. */
  readonly n: number;
  /** Of those predicted to have it, the share that has; null where none was. */
  readonly precision: number | null;
  /** Of those that have it, the share that was found; null where none has. */
  readonly recall: number | null;
  /** Harmonic mean of the two, 0 where nothing is right; null where it neither is nor was predicted. */
  readonly f1: number | null;
}

export interface Scores {
  readonly size: number;
  readonly accuracy: number;
  /** Mean f1 over the labels that the test set has. */
  readonly macroF1: number;
  /** Matthews' correlation for several labels (Gorodkin 2004), in [-1, 1]; 0 where one side has one label only. */
  readonly matthews: number;
  /** Mean negative logarithm of the gold label's probability, nats. */
  readonly loss: number;
  readonly perLabel: readonly LabelScore[];
}

export interface Predictions {
  /** Index among the scored labels: of the largest summed probability, the first of equal ones. */
  readonly predicted: Int32Array;
  /** Negative logarithm of the gold label's summed probability, nats. */
  readonly loss: Float64Array;
}

/**
 * Turns a model's logits into predictions over the scored labels.
 *
 * @param logits finite, one of the model's labels each; rows may differ in width (multiple choice)
 */
export function predictLabels(logits: RowLogits, labels: ScoredLabels): Predictions {
  const { values, widths } = logits;
  const { gold, ofModel, names } = labels;
  const size = gold.length;
  const predicted = new Int32Array(size);
  const loss = new Float64Array(size);
  const mass = new Float64Array(names.length);
  let start = 0;
  for (let row = 0; row < size; row++) {
    const width = typeof widths === "number" ? widths : (widths[row] ?? 0);
    const goldLabel = gold[row]!;
    if (width > ofModel.length) throw new InternalError(`${width} logits for ${ofModel.length} labels`);
    let largest = -Infinity;
    for (let k = 0; k < width; k++) largest = Math.max(largest, values[start + k]!);
    // The gold label's probability is taken relative to its own largest logit: it may be too small to be held itself.
    let goldLargest = -Infinity;
    for (let k = 0; k < width; k++) {
      if (ofModel[k] === goldLabel) goldLargest = Math.max(goldLargest, values[start + k]!);
    }
    mass.fill(0);
    let sum = 0;
    let goldSum = 0;
    for (let k = 0; k < width; k++) {
      const value = values[start + k]!;
      const term = Math.exp(value - largest);
      mass[ofModel[k]!]! += term;
      sum += term;
      if (ofModel[k] === goldLabel) goldSum += Math.exp(value - goldLargest);
    }
    if (goldSum === 0) throw new InternalError(`row ${row} has a gold label without a logit`);
    let best = 0;
    for (let label = 1; label < mass.length; label++) if (mass[label]! > mass[best]!) best = label;
    predicted[row] = best;
    loss[row] = Math.max(0, largest + Math.log(sum) - goldLargest - Math.log(goldSum));
    start += width;
  }
  if (start !== values.length) throw new InternalError(`${values.length} logits where rows have ${start}`);
  return { predicted, loss };
}

/** Scores predictions against the gold labels. At least one example. */
export function scorePredictions({ predicted, loss }: Predictions, { gold, names }: ScoredLabels): Scores {
  const size = gold.length;
  const count = names.length;
  const has = new Float64Array(count);
  const said = new Float64Array(count);
  const right = new Float64Array(count);
  let correct = 0;
  let lossSum = 0;
  for (let row = 0; row < size; row++) {
    has[gold[row]!]!++;
    said[predicted[row]!]!++;
    lossSum += loss[row]!;
    if (gold[row] === predicted[row]) {
      right[gold[row]!]!++;
      correct++;
    }
  }
  const perLabel = names.map((label, k): LabelScore => {
    const [n, guesses, hits] = [has[k]!, said[k]!, right[k]!];
    return {
      label,
      n,
      precision: guesses > 0 ? hits / guesses : null,
      recall: n > 0 ? hits / n : null,
      f1: n + guesses > 0 ? (2 * hits) / (n + guesses) : null,
    };
  });
  const present = perLabel.filter((label) => label.n > 0);
  return {
    size,
    accuracy: correct / size,
    macroF1: present.reduce((sum, label) => sum + (label.f1 ?? 0), 0) / present.length,
    matthews: matthews(size, correct, has, said),
    loss: lossSum / size,
    perLabel,
  };
}

/** Gorodkin's R_K by counts: (c s - sum p t) / sqrt((s^2 - sum p^2)(s^2 - sum t^2)). */
function matthews(size: number, correct: number, has: Float64Array, said: Float64Array): number {
  let both = 0;
  let hasSquares = 0;
  let saidSquares = 0;
  for (let k = 0; k < has.length; k++) {
    both += has[k]! * said[k]!;
    hasSquares += has[k]! * has[k]!;
    saidSquares += said[k]! * said[k]!;
  }
  const scale = Math.sqrt(size * size - hasSquares) * Math.sqrt(size * size - saidSquares);
  return scale > 0 ? (correct * size - both) / scale : 0;
}
