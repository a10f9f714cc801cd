/**
 * Softmax regression on sparse vectors with AdaGrad steps (Duchi et al. 2011), the accumulator shared by a feature's labels: one square
 * root a feature and step, whatever the number of labels.
 *
 * Two kinds of example: one vector with a score for each label, or one vector a choice, all scored by the same weights.
 */

import { mix32 } from "../../core/random.js";
import type { Vectors } from "./vocabulary.js";

/** Where accumulators start: steps of features not seen before are those of plain gradient descent. */
const firstAccumulator = 1;

export interface Examples {
  readonly vectors: Vectors;
  /** Vectors of example i: first[i] .. first[i + 1]. */
  readonly first: Uint32Array;
}

export interface StepOptions {
  readonly rate: number;
  readonly l2: number;
}

/** Which features of an example a step leaves out: a hash of seed and position, so that forward and backward agree. */
export interface Dropout {
  readonly share: number;
  readonly seed: number;
}

export class LinearModel {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly #accumulators: Float32Array;
  readonly #biasAccumulators: Float32Array;

  /**
   * @param features how many
   * @param labels scores of a vector; 1 where an example has one vector a choice
   * @param choices whether examples have one vector a choice
   */
  constructor(
    readonly features: number,
    readonly labels: number,
    readonly choices: boolean,
    weights?: { readonly weights: Float32Array; readonly bias: Float32Array },
  ) {
    this.weights = weights?.weights ?? new Float32Array(features * labels);
    this.bias = weights?.bias ?? new Float32Array(labels);
    this.#accumulators = new Float32Array(features).fill(firstAccumulator);
    this.#biasAccumulators = new Float32Array(labels).fill(firstAccumulator);
  }

  /** How many logits an example has. */
  width({ first }: Examples, example: number): number {
    return this.choices ? first[example + 1]! - first[example]! : this.labels;
  }

  /** Writes an example's logits to `out` from `at` on. */
  forward(
    examples: Examples,
    example: number,
    out: Float32Array,
    at: number,
    dropout: Dropout | null = null,
  ): void {
    const from = examples.first[example]!;
    const to = examples.first[example + 1]!;
    if (this.choices) for (let v = from; v < to; v++) out[at + v - from] = 0;
    else out.set(this.bias, at);
    for (let v = from; v < to; v++)
      this.#score(examples.vectors, v, out, this.choices ? at + v - from : at, dropout);
  }

  /** One step against the gradient of an example. @param delta probability minus one-hot gold, from `at` on */
  backward(
    examples: Examples,
    example: number,
    delta: Float32Array,
    at: number,
    step: StepOptions,
    dropout: Dropout | null = null,
  ): void {
    const from = examples.first[example]!;
    const to = examples.first[example + 1]!;
    for (let v = from; v < to; v++) {
      this.#update(examples.vectors, v, delta, this.choices ? at + v - from : at, step, dropout);
    }
    if (this.choices) return;
    for (let k = 0; k < this.labels; k++) {
      const gradient = delta[at + k]!;
      const accumulator = (this.#biasAccumulators[k]! += gradient * gradient);
      // The bias learns as a feature of a small value: it moves every example at once.
      this.bias[k]! -= ((biasValue * step.rate) / Math.sqrt(accumulator)) * gradient;
    }
  }

  #score(vectors: Vectors, v: number, out: Float32Array, at: number, dropout: Dropout | null): void {
    const { offsets, features, values } = vectors;
    const { weights, labels } = this;
    const end = offsets[v + 1]!;
    const keep = dropout === null ? null : new Mask(dropout, v);
    const scale = dropout === null ? 1 : 1 / (1 - dropout.share);
    let entry = offsets[v]!;
    if (keep === null && labels === 2) {
      let first = out[at]!;
      let second = out[at + 1]!;
      for (; entry < end; entry++) {
        const value = values[entry]!;
        const base = features[entry]! * 2;
        first += weights[base]! * value;
        second += weights[base + 1]! * value;
      }
      out[at] = first;
      out[at + 1] = second;
    }
    // Four at once: a logit is read and written a quarter as often.
    for (; keep === null && entry + 4 <= end; entry += 4) {
      const v0 = values[entry]!;
      const v1 = values[entry + 1]!;
      const v2 = values[entry + 2]!;
      const v3 = values[entry + 3]!;
      const b0 = features[entry]! * labels;
      const b1 = features[entry + 1]! * labels;
      const b2 = features[entry + 2]! * labels;
      const b3 = features[entry + 3]! * labels;
      for (let k = 0; k < labels; k++) {
        out[at + k]! +=
          weights[b0 + k]! * v0 + weights[b1 + k]! * v1 + (weights[b2 + k]! * v2 + weights[b3 + k]! * v3);
      }
    }
    for (; entry < end; entry++) {
      if (keep !== null && !keep.next()) continue;
      const value = values[entry]! * scale;
      const base = features[entry]! * labels;
      for (let k = 0; k < labels; k++) out[at + k]! += weights[base + k]! * value;
    }
  }

  #update(
    vectors: Vectors,
    v: number,
    delta: Float32Array,
    at: number,
    { rate, l2 }: StepOptions,
    dropout: Dropout | null,
  ): void {
    const { offsets, features, values } = vectors;
    const { weights, labels } = this;
    const accumulators = this.#accumulators;
    let squares = 0;
    for (let k = 0; k < labels; k++) squares += delta[at + k]! * delta[at + k]!;
    const end = offsets[v + 1]!;
    const keep = dropout === null ? null : new Mask(dropout, v);
    const scale = dropout === null ? 1 : 1 / (1 - dropout.share);
    for (let entry = offsets[v]!; entry < end; entry++) {
      if (keep !== null && !keep.next()) continue;
      const feature = features[entry]!;
      const value = values[entry]! * scale;
      const accumulator = (accumulators[feature]! += value * value * squares);
      const size = rate / Math.sqrt(accumulator);
      const base = feature * labels;
      const shrink = 1 - size * l2;
      const slope = size * value;
      if (l2 === 0) {
        for (let k = 0; k < labels; k++) weights[base + k]! -= slope * delta[at + k]!;
        continue;
      }
      for (let k = 0; k < labels; k++)
        weights[base + k] = weights[base + k]! * shrink - slope * delta[at + k]!;
    }
  }
}

const biasValue = 0.1;

/** A stream of keep or drop for the entries of one vector. */
class Mask {
  #state: number;
  readonly #threshold: number;

  constructor({ share, seed }: Dropout, vector: number) {
    this.#state = mix32(seed ^ Math.imul(vector + 1, 0x9e3779b1)) | 1;
    this.#threshold = share * 0x1_0000_0000;
  }

  next(): boolean {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0 >= this.#threshold;
  }
}

/**
 * Turns logits into probability minus one-hot gold, in place.
 *
 * @returns the loss, -log of the gold probability, in nats
 */
export function softmaxDelta(logits: Float32Array, at: number, width: number, gold: number): number {
  let largest = -Infinity;
  for (let k = 0; k < width; k++) if (logits[at + k]! > largest) largest = logits[at + k]!;
  let sum = 0;
  for (let k = 0; k < width; k++) sum += Math.exp(logits[at + k]! - largest);
  const loss = Math.log(sum) + largest - logits[at + gold]!;
  for (let k = 0; k < width; k++) logits[at + k] = Math.exp(logits[at + k]! - largest) / sum;
  logits[at + gold]! -= 1;
  return loss;
}

/**
 * Turns logits into probability minus target, in place: the gradient of the cross-entropy with a distribution. A target of 1 at one label is `softmaxDelta`'s.
 *
 * @param targets shares that sum to 1, from `from` on
 * @returns the cross-entropy, in nats
 */
export function softTargetDelta(
  logits: Float32Array,
  at: number,
  width: number,
  targets: Float32Array,
  from: number,
): number {
  let largest = -Infinity;
  for (let k = 0; k < width; k++) if (logits[at + k]! > largest) largest = logits[at + k]!;
  let sum = 0;
  let came = 0;
  for (let k = 0; k < width; k++) {
    sum += Math.exp(logits[at + k]! - largest);
    if (targets[from + k]! > 0) came += targets[from + k]! * (logits[at + k]! - largest);
  }
  const loss = Math.log(sum) - came;
  for (let k = 0; k < width; k++) logits[at + k] = Math.exp(logits[at + k]! - largest) / sum;
  for (let k = 0; k < width; k++) if (targets[from + k]! > 0) logits[at + k]! -= targets[from + k]!;
  return loss;
}
