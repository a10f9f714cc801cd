/** Measures of rankings against their definitions, counted naively. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { atRank, auroc, averagePrecision } from "../../src/diagnose/measure/ranking.js";
import { wilson } from "../../src/diagnose/measure/wilson.js";

const made = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  .filter((rows) => rows.some(([, positive]) => positive) && rows.some(([, positive]) => !positive));
const split = (rows: readonly (readonly [number, boolean])[]) => ({
  scores: Float64Array.from(rows, ([score]) => score / 3),
  positive: Uint8Array.from(rows, ([, positive]) => (positive ? 1 : 0)),
});

it("average precision is the sum of precision times the recall gained at each distinct score", () => {
  fc.assert(
    fc.property(made, (rows) => {
      const { scores, positive } = split(rows);
      const all = rows.filter(([, is]) => is).length;
      let [sum, before] = [0, 0];
      for (const score of [...new Set(rows.map(([one]) => one))].sort((a, b) => b - a)) {
        const taken = rows.filter(([one]) => one >= score);
        const found = taken.filter(([, is]) => is).length;
        sum += (found / taken.length) * ((found - before) / all);
        before = found;
      }
      expect(averagePrecision(scores, positive)).toBeCloseTo(sum, 12);
    }),
  );
});

it("AUROC is the share of pairs in order, ties half", () => {
  fc.assert(
    fc.property(made, (rows) => {
      const { scores, positive } = split(rows);
      let [right, pairs] = [0, 0];
      for (const [a, isA] of rows)
        for (const [b, isB] of rows)
          if (isA && !isB) {
            pairs++;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          }
      expect(auroc(scores, positive)).toBeCloseTo(right / pairs, 12);
    }),
  );
});

it("precision and recall at k are those of a random order among equals, on average", () => {
  const scores = Float64Array.from([3, 2, 2, 2, 1]);
  const positive = [1, 1, 0, 0, 1];
  expect(atRank(scores, positive, 1)).toEqual({ precision: 1, recall: 1 / 3 });
  // One of the three at 2 is a positive: the second place holds it with a chance of a third.
  expect(atRank(scores, positive, 2).precision).toBeCloseTo((1 + 1 / 3) / 2, 12);
  expect(atRank(scores, positive, 99)).toEqual({ precision: 3 / 5, recall: 1 });
});

it("examples without a score come last, together", () => {
  const scores = Float64Array.from([NaN, 1, NaN, 2]);
  expect(averagePrecision(scores, [1, 1, 0, 1])).toBeCloseTo((1 + 1 + 3 / 4) / 3, 12);
  expect(averagePrecision(scores, [0, 0, 0, 0])).toBeNaN();
});

it("Wilson's interval", () => {
  // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  for (const [successes, of, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const interval = wilson(successes, of);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  }
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(wilson(7, 7).high).toBe(1);
});
