import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import type { Inputs } from "../../../src/train/features/encoding.js";
import {
  initialParameters,
  Network,
  parameterNames,
  type NetworkShape,
} from "../../../src/train/features/network.js";
import { AdamW } from "../../../src/train/features/optimizer.js";

const random = new Random(5);
/** Two dense inputs and three one-hot positions, of which the second row has none. */
const inputs: Inputs = {
  size: 2,
  dense: Float32Array.of(0.5, -1.5, 2, 0),
  denseWidth: 2,
  ones: Int32Array.of(2, 4, -1, 3),
  sparseWidth: 2,
};
const gold = [1, 2];

function made(shape: Partial<NetworkShape>): Network {
  const full: NetworkShape = { inputs: 5, hidden: 0, labels: 3, activation: "relu", ...shape };
  const parameters = initialParameters(full, 3);
  for (const name of parameterNames)
    parameters[name].forEach((_, i) => (parameters[name][i] = random.normal()));
  return new Network(full, parameters);
}

/** The loss as its definition says, from logits in double precision that `forward` computes. */
function loss(network: Network): number {
  const out = new Float32Array(3);
  let sum = 0;
  for (const [row, label] of gold.entries()) {
    network.forward(inputs, row, out, 0);
    sum += network.backward(inputs, row, label);
  }
  return sum;
}

describe("the network", () => {
  it.each<[string, Partial<NetworkShape>]>([
    ["linear", {}],
    ["relu", { hidden: 4 }],
    ["tanh", { hidden: 4, activation: "tanh" }],
  ])("has the gradients of central finite differences: %s", (_, shape) => {
    const network = made(shape);
    network.clearGradients();
    loss(network);
    const analytic = Object.fromEntries(
      parameterNames.map((name) => [name, network.gradients[name].slice()]),
    );
    for (const name of parameterNames) {
      const values = network.parameters[name];
      for (let i = 0; i < values.length; i++) {
        const [before, step] = [values[i] ?? 0, 2 ** -8];
        values[i] = before + step;
        const [above, upper] = [loss(network), values[i] ?? 0];
        values[i] = before - step;
        const [below, lower] = [loss(network), values[i] ?? 0];
        values[i] = before;
        // A third derivative of order 1 times the step's square, 1.5e-5, a few times over.
        expect(Math.abs((above - below) / (upper - lower) - (analytic[name]?.[i] ?? NaN))).toBeLessThan(2e-4);
      }
    }
  });

  it("gives the logits of a product by hand", () => {
    const network = made({ labels: 3 });
    const { first, firstBias } = network.parameters;
    const out = new Float32Array(4);
    network.forward(inputs, 0, out, 1);
    for (let k = 0; k < 3; k++) {
      const at = (j: number): number => first[3 * j + k] ?? 0;
      const expected = (firstBias[k] ?? 0) + 0.5 * at(0) - 1.5 * at(1) + at(2) + at(4);
      expect(out[1 + k]).toBeCloseTo(expected, 5);
    }
  });
});

describe("AdamW", () => {
  it("takes the steps of its definition", () => {
    // By the paper's Algorithm 2, for two steps with gradients .5 and -1 at rate .1, decay .01, from 1:
    //   m1 = .05, v1 = .00025: 1 (1 - .001) - .1 (.5) / (.5) = .899
    //   m2 = -.055, v2 = .00124975: .899 (1 - .001) - .1 (-.055 / .19) / sqrt(.00124975 / .001999)
    const shape: NetworkShape = { inputs: 1, hidden: 0, labels: 1, activation: "relu" };
    const network = new Network(shape, initialParameters(shape, 0));
    network.parameters.first[0] = 1;
    network.parameters.firstBias[0] = 1;
    const optimizer = new AdamW(network, 0.01);
    const step = (gradient: number): void => {
      // Of two examples: the step is against their mean.
      network.gradients.first[0] = 2 * gradient;
      network.gradients.firstBias[0] = 2 * gradient;
      optimizer.step(0.1, 2);
    };
    step(0.5);
    expect(network.parameters.first[0]).toBeCloseTo(0.899, 6);
    expect(network.parameters.firstBias[0]).toBeCloseTo(0.9, 6);
    step(-1);
    const change = (0.1 * (0.055 / 0.19)) / Math.sqrt(0.00124975 / 0.001999);
    expect(network.parameters.first[0]).toBeCloseTo(0.899 * 0.999 + change, 6);
    expect(network.parameters.firstBias[0]).toBeCloseTo(0.9 + change, 6);
    expect(network.gradients.first[0]).toBe(0);
  });
});
