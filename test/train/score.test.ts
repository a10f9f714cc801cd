import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predictLabels, scorePredictions } from "../../src/train/score.js";

const names = ["a", "b", "c"];
const identity = (gold: number[]) => ({
  names,
  ofModel: Int32Array.of(0, 1, 2),
  gold: Int32Array.from(gold),
});

describe("scorePredictions", () => {
  // By hand, from the confusion matrix (gold down, predicted across):
  //        a  b  c
  //   a    2  1  0
  //   b    0  2  0
  //   c    1  0  2
  // and the same from scikit-learn:
  //   accuracy_score(y, p); f1_score(y, p, average="macro"); matthews_corrcoef(y, p)
  //   with y = [0,0,0,1,1,2,2,2], p = [0,0,1,1,1,0,2,2]
  const gold = [0, 0, 0, 1, 1, 2, 2, 2];
  const predicted = Int32Array.from([0, 0, 1, 1, 1, 0, 2, 2]);
  const loss = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

  it("gives the figures of a worked example", () => {
    const scores = scorePredictions({ predicted, loss }, identity(gold));
    expect(scores.accuracy).toBe(6 / 8);
    expect(scores.loss).toBe(4.5);
    expect(scores.perLabel).toEqual([
      { label: "a", n: 3, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 },
      { label: "b", n: 2, precision: 2 / 3, recall: 1, f1: 4 / 5 },
      { label: "c", n: 3, precision: 1, recall: 2 / 3, f1: 4 / 5 },
    ]);
    expect(scores.macroF1).toBeCloseTo((2 / 3 + 4 / 5 + 4 / 5) / 3, 12);
    // c s - sum p t = 6 * 8 - (3*3 + 3*2 + 2*3) = 27; s^2 - sum p^2 = 64 - 22; s^2 - sum t^2 = 64 - 22.
    expect(scores.matthews).toBeCloseTo(27 / 42, 12);
  });

  it("means f1 over the labels present, and counts a prediction outside them as wrong", () => {
    // f1_score([0,0,1,1], [0,2,1,1], labels=[0,1], average="macro") = (2/3 + 1) / 2
    const scores = scorePredictions(
      { predicted: Int32Array.of(0, 2, 1, 1), loss: new Float64Array(4) },
      identity([0, 0, 1, 1]),
    );
    expect(scores.accuracy).toBe(0.75);
    expect(scores.macroF1).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(scores.perLabel[2]).toEqual({ label: "c", n: 0, precision: 0, recall: null, f1: 0 });
  });

  it("gives the two-label Matthews correlation of the contingency table", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 50 }), (pairs) => {
        const count = (g: number, p: number) => pairs.filter(([a, b]) => a === g && b === p).length;
        const [tp, tn, fp, fn] = [count(1, 1), count(0, 0), count(0, 1), count(1, 0)];
        const scale = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        const scores = scorePredictions(
          { predicted: Int32Array.from(pairs, ([, p]) => p), loss: new Float64Array(pairs.length) },
          { names: ["n", "y"], ofModel: Int32Array.of(0, 1), gold: Int32Array.from(pairs, ([g]) => g) },
        );
        // Both are exact but for a few roundings of numbers up to 2,500.
        expect(scores.matthews).toBeCloseTo(scale > 0 ? (tp * tn - fp * fn) / scale : 0, 10);
      }),
    );
  });

  it("is 0 where everything is predicted to be one label", () => {
    const scores = scorePredictions(
      { predicted: Int32Array.of(1, 1, 1), loss: new Float64Array(3) },
      identity([0, 1, 2]),
    );
    expect(scores.matthews).toBe(0);
  });
});

describe("predictLabels", () => {
  it("sums probabilities, then takes the largest", () => {
    // Probabilities .4, .3, .3: the first label wins, unless the two others become one.
    const values = Float32Array.from([0.4, 0.3, 0.3], Math.log);
    const logits = { values, widths: 3 };
    expect([...predictLabels(logits, identity([0])).predicted]).toEqual([0]);
    const merged = { names: ["a", "other"], ofModel: Int32Array.of(0, 1, 1), gold: Int32Array.of(1) };
    const { predicted, loss } = predictLabels(logits, merged);
    expect([...predicted]).toEqual([1]);
    // float32 logits: seven digits.
    expect(loss[0]).toBeCloseTo(-Math.log(0.6), 6);
  });

  it("has a finite loss where the gold label's probability underflows", () => {
    const { loss } = predictLabels({ values: Float32Array.of(3000, 0, -3000), widths: 3 }, identity([2]));
    expect(loss[0]).toBe(6000);
  });

  it("agrees with the softmax", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.nat(2),
        (row, gold) => {
          const values = Float32Array.from(row);
          const terms = [...values].map(Math.exp);
          const sum = terms.reduce((a, b) => a + b, 0);
          const { loss } = predictLabels({ values, widths: 3 }, identity([gold]));
          // Double precision throughout; the loss goes up to 40.
          expect(loss[0]).toBeCloseTo(-Math.log((terms[gold] ?? 0) / sum), 9);
        },
      ),
    );
  });

  it("scores rows of different widths, as multiple choice has them", () => {
    const logits = { values: Float32Array.of(1, 2, 0, 0, 5), widths: Int32Array.of(2, 3) };
    const { predicted } = predictLabels(logits, identity([0, 2]));
    expect([...predicted]).toEqual([1, 2]);
  });
});
