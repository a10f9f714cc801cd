/**
 * Softmax regression on dense vectors, many times over on parts of the same ones. It minimises the mean loss and half the squared weights over the number of
 * examples (C = 1 elsewhere), the intercept among them. Logits and gradients of all examples are products of `product-kernel.ts`: weights x vectors,
 * and residuals x the transposed vectors.
 */

import { minimise } from "./minimise.js";
import { addressOf, blockSize, type PackedVectors } from "./packed-vectors.js";
import { lanes, roundUp } from "./product-kernel.js";

export interface ModelSize {
  readonly labels: number;
  /** On how many examples a model trains, at most. */
  readonly most: number;
}

/** No part of the mean loss's gradient is larger at the end. */
const tolerance = 1e-4;

/** The pieces of memory that a model takes. */
export function modelPieces({ labels, most }: ModelSize, width: number): number[] {
  const places = roundUp(most, lanes);
  return [
    places * width,
    places * width,
    labels * width,
    labels * width,
    labels * places,
    labels * blockSize,
  ];
}

export class LogisticRegression {
  /** labels x width. */
  readonly weights: Float32Array;
  readonly #labels: number;
  readonly #vectors: Float32Array;
  readonly #transposed: Float32Array;
  readonly #gradient: Float32Array;
  /** labels x examples: logits, then probabilities less the one-hot label. */
  readonly #residuals: Float32Array;
  readonly #products: Float32Array;

  /** @param packed made with a constant and `modelPieces` */
  constructor(
    private readonly packed: PackedVectors,
    size: ModelSize,
  ) {
    const pieces = modelPieces(size, packed.width).map((length) => packed.memory.floats(length));
    [this.#vectors, this.#transposed, this.weights, this.#gradient, this.#residuals, this.#products] =
      pieces as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    this.#labels = size.labels;
  }

  /**
   * Trains anew, from zero.
   *
   * @param at positions of the examples among the packed ones
   * @param gold label of each packed one
   */
  fit(at: Int32Array, gold: Int32Array): void {
    this.#gather(at);
    const count = at.length;
    const places = roundUp(count, lanes);
    const labels = at.map((position) => gold[position]!);
    const evaluate = (point: Float64Array, gradient: Float64Array): number => {
      this.weights.set(point);
      const loss = this.#residualsOf(labels, places);
      const { products, width } = this.packed;
      products(
        this.#residuals.byteOffset,
        this.#transposed.byteOffset,
        this.#gradient.byteOffset,
        this.#labels,
        width,
        places,
      );
      let squares = 0;
      for (let i = 0; i < point.length; i++) {
        squares += point[i]! * point[i]!;
        gradient[i] = (this.#gradient[i]! + point[i]!) / count;
      }
      return (loss + squares / 2) / count;
    };
    const point = new Float64Array(this.#labels * this.packed.width);
    minimise(point, evaluate, tolerance);
    this.weights.set(point);
  }

  /** The label with the largest logit for every packed example; of equal ones the first. */
  predict(): Int32Array {
    const { packed } = this;
    const predicted = new Int32Array(packed.size);
    const largest = new Float32Array(blockSize);
    for (let first = 0; first < packed.size; first += blockSize) {
      const count = Math.min(blockSize, packed.size - first);
      const columns = roundUp(count, 4);
      packed.products(
        this.weights.byteOffset,
        addressOf(packed, first),
        this.#products.byteOffset,
        this.#labels,
        columns,
        packed.width,
      );
      largest.fill(-Infinity);
      for (let k = 0; k < this.#labels; k++) {
        for (let i = 0; i < count; i++) {
          const logit = this.#products[k * columns + i]!;
          if (logit <= largest[i]!) continue;
          largest[i] = logit;
          predicted[first + i] = k;
        }
      }
    }
    return predicted;
  }

  /** Copies the examples, and once more column by column. */
  #gather(at: Int32Array): void {
    const { values, width } = this.packed;
    const places = roundUp(at.length, lanes);
    const vectors = this.#vectors;
    const transposed = this.#transposed;
    at.forEach((position, i) =>
      vectors.set(values.subarray(position * width, (position + 1) * width), i * width),
    );
    vectors.fill(0, at.length * width, places * width);
    // By tiles: each line of the cache is used whole.
    for (let from = 0; from < places; from += lanes) {
      for (let j = 0; j < width; j++) {
        for (let i = from; i < from + lanes; i++) transposed[j * places + i] = vectors[i * width + j]!;
      }
    }
  }

  /** Writes the residuals of the gathered examples. @returns the sum of the losses, nats */
  #residualsOf(labels: Int32Array, places: number): number {
    const { products, width } = this.packed;
    const residuals = this.#residuals;
    products(
      this.weights.byteOffset,
      this.#vectors.byteOffset,
      residuals.byteOffset,
      this.#labels,
      places,
      width,
    );
    const end = this.#labels * places;
    let loss = 0;
    for (let i = 0; i < places; i++) {
      if (i >= labels.length) {
        for (let at = i; at < end; at += places) residuals[at] = 0;
        continue;
      }
      let largest = -Infinity;
      for (let at = i; at < end; at += places) largest = Math.max(largest, residuals[at]!);
      const gold = labels[i]! * places + i;
      const goldLogit = residuals[gold]!;
      let sum = 0;
      for (let at = i; at < end; at += places) sum += residuals[at] = Math.exp(residuals[at]! - largest);
      for (let at = i; at < end; at += places) residuals[at]! /= sum;
      residuals[gold]! -= 1;
      loss += Math.log(sum) + largest - goldLogit;
    }
    return loss;
  }
}
