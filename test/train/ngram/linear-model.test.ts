import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { LinearModel, softmaxDelta, type Examples } from "../../../src/train/ngram/linear-model.js";

/** Two vectors over three features; the second example, with choices, has both. */
const examples: Examples = {
  vectors: {
    offsets: Uint32Array.of(0, 2, 4),
    features: Int32Array.of(0, 2, 1, 2),
    values: Float32Array.of(0.6, 0.8, 1, 0.5),
  },
  first: Uint32Array.of(0, 1, 2),
};

describe("softmaxDelta", () => {
  it("is the gradient of the loss: central differences within 1e-3 (float32 logits, step 1e-2)", () => {
    const logits = fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(logits, fc.nat(), (values, pick) => {
        const gold = pick % values.length;
        const delta = Float32Array.from(values);
        softmaxDelta(delta, 0, values.length, gold);
        const loss = (at: number, by: number): number => {
          const moved = values.map((value, k) => value + (k === at ? by : 0));
          return Math.log(moved.reduce((sum, value) => sum + Math.exp(value), 0)) - (moved[gold] ?? 0);
        };
        values.forEach((_, k) => {
          expect(Math.abs((loss(k, 1e-2) - loss(k, -1e-2)) / 2e-2 - (delta[k] ?? 0))).toBeLessThan(1e-3);
        });
      }),
    );
  });

  it("stays finite for saturated logits", () => {
    const delta = Float32Array.of(800, -800);
    expect(softmaxDelta(delta, 0, 2, 1)).toBeCloseTo(1600, 3);
    expect([...delta]).toEqual([1, -1]);
  });
});

describe("LinearModel", () => {
  it("moves logits against the gradient: one step lowers the loss of its example", () => {
    const model = new LinearModel(3, 2, false);
    const logits = new Float32Array(2);
    model.forward(examples, 0, logits, 0);
    const before = softmaxDelta(logits, 0, 2, 1);
    model.backward(examples, 0, logits, 0, { rate: 1, l2: 0 });
    model.forward(examples, 0, logits, 0);
    expect(softmaxDelta(logits, 0, 2, 1)).toBeLessThan(before);
  });

  it("makes the AdaGrad step that the definition gives, written out for one weight", () => {
    const model = new LinearModel(3, 2, false);
    const delta = Float32Array.of(0.5, -0.5);
    model.backward(examples, 0, delta, 0, { rate: 0.4, l2: 0 });
    // accumulator 1 + 0.6^2 * (0.5^2 + 0.5^2); step 0.4 / sqrt(accumulator) * 0.6 * 0.5
    const expected = (-0.4 / Math.sqrt(1 + 0.36 * 0.5)) * 0.6 * 0.5;
    expect(model.weights[0]).toBeCloseTo(expected, 6);
    expect(model.weights[1]).toBeCloseTo(-expected, 6);
    expect(model.weights[2]).toBe(0);
  });

  it("scores choices by one weight a feature, with as many logits as vectors", () => {
    const choices = { vectors: examples.vectors, first: Uint32Array.of(0, 2) };
    const model = new LinearModel(3, 1, true, {
      weights: Float32Array.of(1, 2, 3),
      bias: new Float32Array(1),
    });
    const logits = new Float32Array(2);
    expect(model.width(choices, 0)).toBe(2);
    model.forward(choices, 0, logits, 0);
    expect([...logits].map((value) => Number(value.toFixed(5)))).toEqual([0.6 + 2.4, 2 + 1.5]);
  });

  it("drops features alike forward and backward, and keeps the mean", () => {
    const model = new LinearModel(3, 2, false, {
      weights: Float32Array.of(1, 0, 1, 0, 1, 0),
      bias: new Float32Array(2),
    });
    const logits = new Float32Array(2);
    let sum = 0;
    const draws = 4000;
    for (let seed = 0; seed < draws; seed++) {
      model.forward(examples, 0, logits, 0, { share: 0.5, seed });
      sum += logits[0] ?? 0;
    }
    // Mean 1.4, deviation of one draw below 1: four standard errors.
    expect(Math.abs(sum / draws - 1.4)).toBeLessThan(4 / Math.sqrt(draws));
  });
});
