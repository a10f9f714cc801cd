/** What a model forecast of each example, and what came: log-probabilities beside a target distribution, the gold label or people's votes. */

import { InternalError } from "../../core/errors.js";
import type { RowLogits } from "../../run/observation.js";
import type { ScoredLabels } from "../../train/map-labels.js";

export interface Forecasts {
  readonly size: number;
  readonly labels: number;
  /** size x labels, row-major, nats; each row's exponentials sum to 1. -Infinity: a choice that the example does not have. */
  readonly log: Float64Array;
  /** size x labels: 1 at the gold label, or the share of votes for each label. Rows sum to 1. */
  readonly target: Float64Array;
}

/**
 * Forecasts over the labels of a test set from a model's logits. Probabilities of labels that become one are summed.
 *
 * @param logits finite; rows may differ in width (multiple choice)
 */
export function forecastsOf(logits: RowLogits, { gold, names, ofModel }: ScoredLabels): Forecasts {
  const size = gold.length;
  const labels = names.length;
  const log = new Float64Array(size * labels);
  const mass = new Float64Array(labels);
  let start = 0;
  for (let row = 0; row < size; row++) {
    const width = typeof logits.widths === "number" ? logits.widths : logits.widths[row]!;
    if (width > ofModel.length) throw new InternalError(`${width} logits for ${ofModel.length} labels`);
    let largest = -Infinity;
    for (let k = 0; k < width; k++) largest = Math.max(largest, logits.values[start + k]!);
    mass.fill(0);
    const tops = new Float64Array(labels).fill(-Infinity);
    for (let k = 0; k < width; k++)
      tops[ofModel[k]!] = Math.max(tops[ofModel[k]!]!, logits.values[start + k]!);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const value = logits.values[start + k]!;
      sum += Math.exp(value - largest);
      // Relative to its own largest logit: a probability may be too small to be held itself.
      mass[ofModel[k]!]! += Math.exp(value - tops[ofModel[k]!]!);
    }
    const normaliser = largest + Math.log(sum);
    for (let label = 0; label < labels; label++)
      log[row * labels + label] =
        mass[label] === 0 ? -Infinity : Math.log(mass[label]!) + tops[label]! - normaliser;
    start += width;
  }
  if (start !== logits.values.length)
    throw new InternalError(`${logits.values.length} logits where rows have ${start}`);
  return { size, labels, log, target: oneHot(gold, labels) };
}

/** 1 at each row's label. */
export function oneHot(gold: Int32Array, labels: number): Float64Array {
  const target = new Float64Array(gold.length * labels);
  gold.forEach((label, row) => (target[row * labels + label] = 1));
  return target;
}

/** Some rows, with a target of their own where one is given (rows as there). */
export function forecastRows(
  { labels, log, target }: Forecasts,
  rows: Int32Array,
  own: Float64Array = target,
): Forecasts {
  const take = (from: Float64Array): Float64Array => {
    const taken = new Float64Array(rows.length * labels);
    rows.forEach((row, at) => taken.set(from.subarray(row * labels, (row + 1) * labels), at * labels));
    return taken;
  };
  return { size: rows.length, labels, log: take(log), target: take(own) };
}
