/** AdamW (Loshchilov and Hutter 2019): adaptive steps, weight decay apart from the gradient and not on biases. */

import { parameterNames, type Network } from "./network.js";

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export class AdamW {
  readonly #network: Network;
  readonly #l2: number;
  readonly #moments: { readonly mean: Float32Array; readonly square: Float32Array }[];
  #step = 0;

  constructor(network: Network, l2: number) {
    this.#network = network;
    this.#l2 = l2;
    this.#moments = parameterNames.map((name) => {
      const { length } = network.parameters[name];
      return { mean: new Float32Array(length), square: new Float32Array(length) };
    });
  }

  /** One step against the mean gradient of the last `examples` examples. Clears the gradients. */
  step(learningRate: number, examples: number): void {
    this.#step++;
    const rate = learningRate / (1 - beta1 ** this.#step);
    const squareScale = 1 / (1 - beta2 ** this.#step);
    parameterNames.forEach((name, index) => {
      const moments = this.#moments[index];
      if (moments === undefined) return;
      const { mean, square } = moments;
      const parameters = this.#network.parameters[name];
      const gradients = this.#network.gradients[name];
      const kept = name.endsWith("Bias") ? 1 : 1 - learningRate * this.#l2;
      for (let i = 0; i < parameters.length; i++) {
        const gradient = gradients[i]! / examples;
        const m = (mean[i] = beta1 * mean[i]! + (1 - beta1) * gradient);
        const s = (square[i] = beta2 * square[i]! + (1 - beta2) * gradient * gradient);
        parameters[i] = kept * parameters[i]! - (rate * m) / (Math.sqrt(s * squareScale) + epsilon);
      }
    });
    this.#network.clearGradients();
  }
}
