/** Small models for tests of `compile`. */

import type { Tensor } from "../../src/autograd/graph.js";
import type { Model, Parameter } from "../../src/autograd/model.js";
import * as ops from "../../src/autograd/ops.js";
import { meanSquaredError } from "../../src/autograd/losses.js";
import { Random } from "../../src/core/random.js";

/** Functions that draw from one seed, so that a test does not depend on the others. */
export function drawing(seed: number) {
  const random = new Random(seed);
  return {
    normal: (length: number, size = 1) => Float32Array.from({ length }, () => size * random.normal()),
    ids: (length: number, below: number) => Int32Array.from({ length }, () => random.below(below)),
  };
}

export interface WordsOptions {
  readonly lazy?: boolean;
  readonly dropout?: number;
  readonly trains?: boolean;
}

export const words = { rows: 12, width: 3, length: 4 };

/** Sums of two tables' rows, a product, and the distance to a target: a lookup with all that may be beside it. */
export function wordsModel(seed: number, { lazy = false, dropout = 0, trains = true }: WordsOptions = {}) {
  const { normal } = drawing(seed);
  const { rows, width, length } = words;
  return {
    parameters: {
      word: { shape: [rows, width], values: normal(rows * width), lazy, trains },
      position: { shape: [length, width], values: normal(length * width), trains },
      weight: { shape: [2, width], values: normal(2 * width) },
      bias: { shape: [2], values: normal(2), decays: false },
    },
    inputs: {
      tokens: { lookup: ["word", "position"], shape: ["batch", "length"] },
      target: { type: "float32", shape: ["batch", 2] },
    },
    trace({ inputs, parameters }) {
      const states = ops.dropout(ops.tanh(inputs.tokens), dropout);
      const y = ops.linear(ops.mean(states, { axes: [1] }), parameters.weight, parameters.bias);
      return { loss: meanSquaredError(y, inputs.target), outputs: { y } };
    },
  } satisfies Model<"tokens" | "target", "word" | "position" | "weight" | "bias", "y">;
}

/** A batch of `count` rows for it. */
export function wordsBatch(seed: number, count: number, length = words.length) {
  const { normal, ids } = drawing(seed);
  return {
    tokens: [
      ids(count * length, words.rows),
      Int32Array.from({ length: count * length }, (_, i) => i % length),
    ],
    target: normal(2 * count),
  };
}

/** A model of one tensor: `build` makes the loss of it. */
export function modelOf(
  values: Float32Array,
  build: (w: Tensor, x: Tensor) => Tensor,
  more: Readonly<Record<string, Parameter>> = {},
): Model<"x", string, "out"> {
  return {
    parameters: { w: { shape: [values.length], values }, ...more },
    inputs: { x: { type: "float32", shape: ["batch", values.length] } },
    trace({ inputs, parameters }) {
      const out = build(parameters["w"]!, inputs.x);
      return { loss: ops.mean(out), outputs: { out } };
    },
  };
}

/** Copies of all of a model's numbers. */
export function valuesOf({ parameters }: Pick<Model, "parameters">): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { values }]) => [name, Array.from(values)]),
  );
}
