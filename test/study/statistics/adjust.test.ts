import { expect, it } from "vitest";
import fc from "fast-check";
import { benjaminiHochberg, holm } from "../../../src/study/statistics/adjust.js";

const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
const level = fc.double({ min: 0.001, max: 0.5, noNaN: true });

/** Holm step by step: the smallest against alpha / m, the next against alpha / (m - 1), until one is not rejected. */
function holmRejects(ps: readonly number[], alpha: number): boolean[] {
  const rejected = ps.map(() => false);
  const order = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  for (const [step, { p, i }] of order.entries()) {
    if (p * (ps.length - step) > alpha) break;
    rejected[i] = true;
  }
  return rejected;
}

/** Benjamini and Hochberg: all up to the largest k with p_(k) <= alpha k / m. */
function bhRejects(ps: readonly number[], alpha: number): boolean[] {
  const sorted = [...ps].sort((a, b) => a - b);
  let cut = -1;
  sorted.forEach((p, i) => {
    if (p * (ps.length / (i + 1)) <= alpha) cut = p;
  });
  return ps.map((p) => p <= cut);
}

it("rejects what the step-by-step definitions reject", () => {
  fc.assert(
    fc.property(family, level, (ps, alpha) => {
      expect(holm(ps).map((p) => (p ?? 1) <= alpha)).toEqual(holmRejects(ps, alpha));
      expect(benjaminiHochberg(ps).map((p) => (p ?? 1) <= alpha)).toEqual(bhRejects(ps, alpha));
    }),
  );
});

it("gives worked values", () => {
  const close = (values: readonly number[]): unknown[] =>
    values.map((value) => expect.closeTo(value, 12) as unknown);
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual(close([0.03, 0.06, 0.06, 0.02]));
  expect(benjaminiHochberg([0.01, 0.04, 0.03, 0.005])).toEqual(close([0.02, 0.04, 0.04, 0.02]));
});

it("keeps the order of p, is never smaller than p, and Holm never smaller than the other", () => {
  fc.assert(
    fc.property(family, (ps) => {
      const [strict, mild] = [holm(ps), benjaminiHochberg(ps)];
      ps.forEach((p, i) => {
        expect(mild[i]).toBeGreaterThanOrEqual(p - 1e-15);
        expect(strict[i]).toBeGreaterThanOrEqual((mild[i] ?? 0) - 1e-12);
        ps.forEach((q, j) => {
          if (p < q) expect(strict[i]).toBeLessThanOrEqual(strict[j] ?? 0);
        });
      });
    }),
  );
});

it("counts comparisons without p, and leaves them without", () => {
  expect(holm([0.01, null])).toEqual([0.02, null]);
  expect(benjaminiHochberg([null, 0.01])).toEqual([null, 0.02]);
  expect(holm([])).toEqual([]);
});
