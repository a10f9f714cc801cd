import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InternalError } from "../../src/core/errors.js";
import { deriveObservations } from "../../src/run/observation.js";

/** The definitions, as plainly as they can be said, in double precision. */
function oracle(logits: readonly number[], gold: number) {
  const largest = Math.max(...logits);
  // log of p(k): minus the log of the sum over j of exp(logit j - logit k), the largest exponent taken out.
  const logProbabilities = logits.map(
    (logit) => logit - largest - Math.log(logits.reduce((sum, other) => sum + Math.exp(other - largest), 0)),
  );
  const probabilities = logProbabilities.map(Math.exp);
  const others = logits.filter((_, k) => k !== gold);
  return {
    goldProbability: probabilities[gold] ?? NaN,
    predicted: logits.indexOf(largest),
    predictedProbability: Math.max(...probabilities),
    margin: (logits[gold] ?? NaN) - Math.max(...others),
    loss: -(logProbabilities[gold] ?? NaN),
    entropy: -probabilities.reduce((sum, p, k) => sum + (p === 0 ? 0 : p * (logProbabilities[k] ?? 0)), 0),
    el2n: Math.sqrt(probabilities.reduce((sum, p, k) => sum + (p - (k === gold ? 1 : 0)) ** 2, 0)),
  };
}

const float = (limit: number) => fc.float({ min: -limit, max: limit, noNaN: true }).map(Math.fround);
/** Ordinary, saturated, and drawn from few values so that ties are common. */
const logit = fc.oneof(float(8), float(2000), fc.constantFrom(-1, 0, 0.5, 3));
const row = fc
  .array(logit, { minLength: 2, maxLength: 9 })
  .chain((logits) => fc.record({ logits: fc.constant(logits), gold: fc.nat(logits.length - 1) }));

// A float32 result is off by half a unit in its last place, 6e-8 of its size; the oracle's own cancellation in 1 - p
// adds 1e-15. 2e-7 of the size and 1e-12 leave room for neither a wrong formula nor single precision inside.
const close = (actual: number | undefined, expected: number, slack = 1e-12) => {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(2e-7 * Math.abs(expected) + slack);
};

describe("deriveObservations", () => {
  it("is what the definitions say, for rows of any widths", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const derived = deriveObservations(
          {
            values: Float32Array.from(rows.flatMap(({ logits }) => logits)),
            widths: Int32Array.from(rows, ({ logits }) => logits.length),
          },
          Int32Array.from(rows, ({ gold }) => gold),
        );
        rows.forEach(({ logits, gold }, i) => {
          const expected = oracle(logits, gold);
          expect(derived.predicted?.[i]).toBe(expected.predicted);
          // Probabilities below the smallest float32 become 0 or lose digits: 1e-38 is no loss.
          close(derived.goldProbability?.[i], expected.goldProbability);
          close(derived.predictedProbability?.[i], expected.predictedProbability);
          close(derived.margin?.[i], expected.margin);
          close(derived.loss?.[i], expected.loss);
          close(derived.entropy?.[i], expected.entropy);
          close(derived.el2n?.[i], expected.el2n);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("gives the same for one width as for a list of equal widths", () => {
    const values = Float32Array.of(1, 2, 3, -4, 0, 9);
    const gold = Int32Array.of(2, 0);
    const fixed = deriveObservations({ values, widths: 3 }, gold);
    const listed = deriveObservations({ values, widths: Int32Array.of(3, 3) }, gold);
    expect({ ...fixed, logits: null }).toEqual({ ...listed, logits: null });
  });

  it("keeps small differences from certainty", () => {
    const { loss, el2n, entropy, margin } = deriveObservations(
      { values: Float32Array.of(40, 0), widths: 2 },
      Int32Array.of(0),
    );
    const rest = Math.exp(-40);
    close((loss?.[0] ?? NaN) / rest, 1);
    close((el2n?.[0] ?? NaN) / (Math.SQRT2 * rest), 1);
    close((entropy?.[0] ?? NaN) / (41 * rest), 1);
    expect(margin?.[0]).toBe(40);
  });

  it("has a finite loss and margin where the probability underflows and the logits are as large as they get", () => {
    const huge = 3.4028234663852886e38;
    const derived = deriveObservations(
      { values: Float32Array.of(1000, 0, huge, -huge), widths: 2 },
      Int32Array.of(1, 1),
    );
    expect([...(derived.goldProbability ?? [])]).toEqual([0, 0]);
    expect([...(derived.loss ?? [])]).toEqual([1000, huge]);
    expect([...(derived.margin ?? [])]).toEqual([-1000, -huge]);
    expect([...(derived.entropy ?? [])]).toEqual([0, 0]);
  });

  it("takes the first of several largest logits, and a margin of 0 for a tie", () => {
    const derived = deriveObservations({ values: Float32Array.of(2, 5, 5), widths: 3 }, Int32Array.of(2));
    expect(derived.predicted?.[0]).toBe(1);
    expect(derived.margin?.[0]).toBe(0);
  });

  it.each([
    ["a gold label beyond the logits", 2, [2]],
    ["a negative gold label", 2, [-1]],
    ["a single logit", 1, [0, 0]],
    ["too few logits", 2, [0, 1]],
    ["too many logits", 1, [0]],
  ])("refuses %s", (_, widths, gold) => {
    expect(() => deriveObservations({ values: new Float32Array(2), widths }, Int32Array.from(gold))).toThrow(
      InternalError,
    );
  });
});
