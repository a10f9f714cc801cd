/**
 * A linear model, or one hidden layer before it. Parameters are float32, so that a saved model predicts what the trained
 * one does; sums are taken in double precision, in an order that depends on nothing but the example.
 */

import { Random } from "../../core/random.js";
import type { Inputs } from "./encoding.js";

export interface NetworkShape {
  readonly inputs: number;
  /** 0: no hidden layer. */
  readonly hidden: number;
  readonly labels: number;
  readonly activation: "relu" | "tanh";
}

/** inputs x hidden and hidden x labels, or inputs x labels where there is no hidden layer; row-major. */
export interface Parameters {
  readonly first: Float32Array;
  readonly firstBias: Float32Array;
  /** Empty where there is no hidden layer. */
  readonly second: Float32Array;
  readonly secondBias: Float32Array;
}

/** Gradients and the optimizer's moments have the shape of the parameters. */
export const parameterNames = ["first", "firstBias", "second", "secondBias"] as const;

export class Network {
  readonly shape: NetworkShape;
  readonly parameters: Parameters;
  /** Sum over the examples since the last `clearGradients`. */
  readonly gradients: { readonly [K in keyof Parameters]: Float64Array };
  readonly #hidden: Float64Array;
  readonly #hiddenDelta: Float64Array;
  readonly #logits: Float64Array;
  readonly #delta: Float64Array;

  constructor(shape: NetworkShape, parameters: Parameters) {
    this.shape = shape;
    this.parameters = parameters;
    this.gradients = {
      first: new Float64Array(parameters.first.length),
      firstBias: new Float64Array(parameters.firstBias.length),
      second: new Float64Array(parameters.second.length),
      secondBias: new Float64Array(parameters.secondBias.length),
    };
    this.#hidden = new Float64Array(shape.hidden);
    this.#hiddenDelta = new Float64Array(shape.hidden);
    this.#logits = new Float64Array(shape.labels);
    this.#delta = new Float64Array(shape.labels);
  }

  /** Writes the logits of one example into `out` at `at`. */
  forward(inputs: Inputs, row: number, out: Float32Array, at: number): void {
    const { hidden, activation, labels } = this.shape;
    const { first, firstBias, second, secondBias } = this.parameters;
    const logits = this.#logits;
    if (hidden === 0) {
      firstLayer(inputs, row, first, firstBias, logits);
    } else {
      const units = this.#hidden;
      firstLayer(inputs, row, first, firstBias, units);
      for (let h = 0; h < hidden; h++) {
        const value = units[h]!;
        units[h] = activation === "relu" ? (value > 0 ? value : 0) : Math.tanh(value);
      }
      for (let k = 0; k < labels; k++) logits[k] = secondBias[k]!;
      for (let h = 0; h < hidden; h++) {
        const unit = units[h]!;
        if (unit === 0) continue;
        const from = h * labels;
        for (let k = 0; k < labels; k++) logits[k]! += unit * second[from + k]!;
      }
    }
    out.set(logits, at);
  }

  /**
   * Adds the gradient of one example's loss, after `forward` of the same example.
   *
   * @returns the loss, nats
   */
  backward(inputs: Inputs, row: number, gold: number): number {
    const { hidden, labels, activation } = this.shape;
    const delta = this.#delta;
    const loss = softmaxDelta(this.#logits, gold, delta);
    const { first, firstBias, second, secondBias } = this.gradients;
    if (hidden === 0) {
      addFirstLayer(inputs, row, delta, first, firstBias);
      return loss;
    }
    const units = this.#hidden;
    const hiddenDelta = this.#hiddenDelta;
    const weights = this.parameters.second;
    for (let k = 0; k < labels; k++) secondBias[k]! += delta[k]!;
    for (let h = 0; h < hidden; h++) {
      const unit = units[h]!;
      const from = h * labels;
      let sum = 0;
      for (let k = 0; k < labels; k++) {
        const d = delta[k]!;
        second[from + k]! += unit * d;
        sum += weights[from + k]! * d;
      }
      hiddenDelta[h] = activation === "relu" ? (unit > 0 ? sum : 0) : sum * (1 - unit * unit);
    }
    addFirstLayer(inputs, row, hiddenDelta, first, firstBias);
    return loss;
  }

  clearGradients(): void {
    for (const name of parameterNames) this.gradients[name].fill(0);
  }
}

/** A linear model starts at zero, a hidden layer at random (He et al. 2015 for ReLU, Glorot and Bengio 2010 for tanh). */
export function initialParameters(shape: NetworkShape, seed: number): Parameters {
  const { inputs, hidden, labels, activation } = shape;
  const width = hidden === 0 ? labels : hidden;
  const parameters = emptyParameters(shape);
  if (hidden > 0) {
    const random = new Random(seed);
    const firstScale = Math.sqrt(activation === "relu" ? 2 / inputs : 2 / (inputs + width));
    for (let i = 0; i < parameters.first.length; i++) parameters.first[i] = firstScale * random.normal();
    const secondScale = Math.sqrt(2 / (hidden + labels));
    for (let i = 0; i < parameters.second.length; i++) parameters.second[i] = secondScale * random.normal();
  }
  return parameters;
}

export function emptyParameters(shape: NetworkShape): Parameters {
  const lengths = parameterShapes(shape);
  const zeros = (name: keyof Parameters): Float32Array =>
    new Float32Array(lengths[name].reduce((product, length) => product * length, 1));
  return {
    first: zeros("first"),
    firstBias: zeros("firstBias"),
    second: zeros("second"),
    secondBias: zeros("secondBias"),
  };
}

export function parameterShapes({
  inputs,
  hidden,
  labels,
}: NetworkShape): Record<keyof Parameters, number[]> {
  const width = hidden === 0 ? labels : hidden;
  return {
    first: [inputs, width],
    firstBias: [width],
    second: [hidden, labels],
    secondBias: [hidden === 0 ? 0 : labels],
  };
}

function firstLayer(
  inputs: Inputs,
  row: number,
  weights: Float32Array,
  bias: Float32Array,
  out: Float64Array,
): void {
  const { dense, denseWidth, ones, sparseWidth } = inputs;
  const width = out.length;
  for (let k = 0; k < width; k++) out[k] = bias[k]!;
  for (let j = 0, at = row * denseWidth; j < denseWidth; j++, at++) {
    const value = dense[at]!;
    if (value === 0) continue;
    const from = j * width;
    for (let k = 0; k < width; k++) out[k]! += value * weights[from + k]!;
  }
  for (let i = 0, at = row * sparseWidth; i < sparseWidth; i++, at++) {
    const position = ones[at]!;
    if (position < 0) continue;
    const from = position * width;
    for (let k = 0; k < width; k++) out[k]! += weights[from + k]!;
  }
}

function addFirstLayer(
  inputs: Inputs,
  row: number,
  delta: Float64Array,
  weights: Float64Array,
  bias: Float64Array,
): void {
  const { dense, denseWidth, ones, sparseWidth } = inputs;
  const width = delta.length;
  for (let k = 0; k < width; k++) bias[k]! += delta[k]!;
  for (let j = 0, at = row * denseWidth; j < denseWidth; j++, at++) {
    const value = dense[at]!;
    if (value === 0) continue;
    const from = j * width;
    for (let k = 0; k < width; k++) weights[from + k]! += value * delta[k]!;
  }
  for (let i = 0, at = row * sparseWidth; i < sparseWidth; i++, at++) {
    const position = ones[at]!;
    if (position < 0) continue;
    const from = position * width;
    for (let k = 0; k < width; k++) weights[from + k]! += delta[k]!;
  }
}

/** Writes probabilities minus the one-hot gold label. @returns the negative logarithm of the gold label's probability */
function softmaxDelta(logits: Float64Array, gold: number, delta: Float64Array): number {
  let largest = -Infinity;
  for (const value of logits) if (value > largest) largest = value;
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    const term = Math.exp(logits[k]! - largest);
    delta[k] = term;
    sum += term;
  }
  for (let k = 0; k < logits.length; k++) delta[k]! /= sum;
  delta[gold]! -= 1;
  return Math.log(sum) + largest - logits[gold]!;
}
