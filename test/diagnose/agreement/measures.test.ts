/** Agreement, its correlations and distances: against published examples, other programs' figures (test/fixtures/agreement/make.py) and their laws. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fleissKappa, krippendorffAlpha } from "../../../src/diagnose/agreement/chance-corrected.js";
import {
  distances,
  jensenShannonDistance,
  kullbackLeibler,
} from "../../../src/diagnose/agreement/distribution-distance.js";
import { agreementOf } from "../../../src/diagnose/agreement/example-agreement.js";
import { once, resampledWeights } from "../../../src/diagnose/agreement/group-bootstrap.js";
import { rankCorrelation } from "../../../src/diagnose/agreement/rank-correlation.js";
import { naiveSpearman } from "../compare/support.js";
import { examplesOf } from "./made-votes.js";

const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/agreement/reference.json", import.meta.url), "utf8"),
) as {
  readonly ragged: { readonly counts: number[][]; readonly alpha: number };
  readonly equal: { readonly counts: number[][]; readonly alpha: number; readonly kappa: number };
  readonly spearman: { readonly a: number[]; readonly b: number[]; readonly value: number };
  readonly distances: {
    readonly p: number[];
    readonly q: number[];
    readonly js: number;
    readonly kl: number;
  }[];
  readonly smoothing: number;
};

const alphaOf = (counts: number[][]): number =>
  krippendorffAlpha(examplesOf(counts))(once(examplesOf(counts).size));
const kappaOf = (counts: number[][]): number =>
  fleissKappa(examplesOf(counts))(once(examplesOf(counts).size));

describe("Krippendorff's alpha", () => {
  it("is .743 for his own example of four observers, twelve units and missing votes", () => {
    const observers = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
      [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ];
    const units = Array.from({ length: 12 }, (_, unit) =>
      [1, 2, 3, 4, 5].map((label) => observers.filter((own) => own[unit] === label).length),
    );
    expect(alphaOf(units)).toBeCloseTo(0.743, 3);
  });

  it("is what the krippendorff package says", () => {
    expect(alphaOf(reference.ragged.counts)).toBeCloseTo(reference.ragged.alpha, 10);
    expect(alphaOf(reference.equal.counts)).toBeCloseTo(reference.equal.alpha, 10);
  });

  it("is 1 where all agree, and undefined where there is one label only", () => {
    const agreed = [
      [3, 0],
      [0, 4],
    ];
    expect(alphaOf(agreed)).toBe(1);
    expect(kappaOf(agreed)).toBe(1);
    const one = [
      [3, 0],
      [5, 0],
    ];
    expect(alphaOf(one)).toBeNaN();
    expect(kappaOf(one)).toBeNaN();
  });
});

describe("Fleiss' kappa", () => {
  it("is .430 for his own example: thirty patients, six psychiatrists", () => {
    const table =
      "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 " +
      "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006";
    const counts = table.split(" ").map((row) => [...row].map(Number));
    expect(counts.every((row) => row.reduce((sum, n) => sum + n, 0) === 6)).toBe(true);
    expect(kappaOf(counts)).toBeCloseTo(0.43, 3);
  });

  it("is .210 for ten subjects and fourteen raters, the usual worked example", () => {
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    expect(kappaOf(counts)).toBeCloseTo(0.21, 3);
  });

  it("is what statsmodels says", () => {
    expect(kappaOf(reference.equal.counts)).toBeCloseTo(reference.equal.kappa, 10);
  });
});

describe("agreement of an example", () => {
  it("is what it says", () => {
    const of = (measure: Parameters<typeof agreementOf>[0], counts: number[], gold = 0): number =>
      agreementOf(measure, counts, 0, counts.length, gold);
    expect(of("majority", [1, 3, 1])).toBeCloseTo(0.6, 12);
    expect(of("gold", [1, 3, 1])).toBeCloseTo(0.2, 12);
    expect(of("pairs", [1, 3, 1])).toBeCloseTo(3 / 10, 12);
    // ChaosNLI's own entropy of 30, 70 and 0 votes is 0.8813 bits.
    expect(-of("entropy", [30, 70, 0]) / Math.LN2).toBeCloseTo(0.8813, 4);
    expect(of("entropy", [7, 0, 0])).toBe(0);
    expect(of("gold", [7, 0, 0], -1)).toBeNaN();
    expect(of("pairs", [1, 0])).toBeNaN();
  });

  it("pairs estimate the chance that two people agree without bias, however few votes", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 2, max: 7 }), (p, n) => {
        const binomial = (k: number): number => {
          let ways = 1;
          for (let i = 0; i < k; i++) ways *= (n - i) / (i + 1);
          return ways * p ** k * (1 - p) ** (n - k);
        };
        let mean = 0;
        for (let k = 0; k <= n; k++) mean += binomial(k) * agreementOf("pairs", [k, n - k], 0, 2, 0);
        expect(mean).toBeCloseTo(p * p + (1 - p) * (1 - p), 9);
      }),
    );
  });
});

describe("the rank correlation", () => {
  it("is SciPy's, ties and all", () => {
    const { a, b, value } = reference.spearman;
    const { spearman } = rankCorrelation(Float64Array.from(a), Float64Array.from(b));
    expect(spearman(once(a.length))).toBeCloseTo(value, 12);
  });

  it("counts an example as often as its weight: as if it stood there so many times", () => {
    const row = fc.record({
      a: fc.integer({ min: 0, max: 5 }),
      b: fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 5 })),
      weight: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 30 }), (rows) => {
        const { spearman, size } = rankCorrelation(
          Float64Array.from(rows, ({ a }) => a),
          Float64Array.from(rows, ({ b }) => b),
        );
        expect(size).toBe(rows.filter(({ b }) => !Number.isNaN(b)).length);
        const repeated = rows
          .filter(({ b }) => !Number.isNaN(b))
          .flatMap((own) => Array.from({ length: own.weight }, () => own));
        const wanted = naiveSpearman(
          repeated.map(({ a }) => a),
          repeated.map(({ b }) => b),
        );
        const found = spearman(Float64Array.from(rows, ({ weight }) => weight));
        if (wanted === null) expect(found).toBeNaN();
        else expect(found).toBeCloseTo(wanted, 10);
      }),
    );
  });
});

describe("the bootstrap", () => {
  it("draws groups whole, as many as there are", () => {
    const units = { units: Int32Array.from([0, 0, 1, 2, 2, 2]), unitCount: 3 };
    for (const weights of resampledWeights(units, { resamples: 50, seed: 1 })) {
      const [a, b, c, d, e, f] = weights;
      expect([a, d, e]).toEqual([b, e, f]);
      expect(a! + c! + d!).toBe(3);
    }
  });
});

describe("distances of distributions", () => {
  it("are SciPy's: jensenshannon, and entropy of two", () => {
    for (const { p, q, js, kl } of reference.distances) {
      expect(jensenShannonDistance(p, q)).toBeCloseTo(js, 10);
      expect(kullbackLeibler(p, q, reference.smoothing)).toBeCloseTo(kl, 10);
    }
  });

  it("of the same are 0, of the wholly different the most there is", () => {
    expect(jensenShannonDistance([0.2, 0.8], [0.2, 0.8])).toBe(0);
    expect(jensenShannonDistance([1, 0], [0, 1])).toBeCloseTo(Math.sqrt(Math.LN2), 12);
    expect(kullbackLeibler([0.2, 0.8], [0.2, 0.8])).toBe(0);
    expect(kullbackLeibler([1, 0], [0, 1])).toBe(Infinity);
  });

  it("hold the model against uniform, shares of labels, the gold label and the other half of the votes", () => {
    const examples = examplesOf([
      [4, 0],
      [1, 3],
    ]);
    const moments = {
      labels: 2,
      mean: Float64Array.from([1, 0, 0.25, 0.75]),
      deviation: new Float64Array(4),
      correct: new Float64Array(4),
    };
    const options = { smoothing: 0, splits: 40, resamples: 100, seed: 0 };
    const { rows } = distances(examples, moments, Float64Array.from([0.5, 0.5]), options);
    expect(rows.map(({ name }) => name)).toEqual([
      "model",
      "uniform",
      "shares of the gold labels",
      "gold label alone",
      "the other half of the votes",
    ]);
    const [model, uniform, prior, gold, half] = rows.map(({ jensenShannon }) => jensenShannon.value);
    expect(model).toBe(0);
    expect(uniform).toBe(prior);
    expect(uniform).toBeCloseTo(
      (jensenShannonDistance([1, 0], [0.5, 0.5]) + jensenShannonDistance([0.25, 0.75], [0.5, 0.5])) / 2,
      12,
    );
    expect(gold).toBeCloseTo(jensenShannonDistance([0.25, 0.75], [0, 1]) / 2, 12);
    // One of the second's halves is 2 : 0, the other 1 : 1, whatever the split.
    expect(half).toBeCloseTo(jensenShannonDistance([0, 1], [0.5, 0.5]) / 2, 12);
  });
});
