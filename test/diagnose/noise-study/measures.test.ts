/** Calibration and prior correction against what they promise. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { fitLogistic } from "../../../src/diagnose/detect/logistic.js";
import { fitIsotonic, isotonicAt } from "../../../src/diagnose/measure/isotonic.js";
import { fitPlatt, plattAt } from "../../../src/diagnose/measure/platt.js";
import { correctPrior } from "../../../src/diagnose/measure/prior-shift.js";

const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean()), {
  minLength: 2,
  maxLength: 40,
});

it("isotonic: never falls, keeps the mean, and no other rising fit on the same scores is closer", () => {
  fc.assert(
    fc.property(
      points,
      fc.integer({ min: 0, max: 12 }),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      (rows, cut, step) => {
        const scores = Float64Array.from(rows, ([score]) => score);
        const positive = Uint8Array.from(rows, ([, is]) => (is ? 1 : 0));
        const fit = fitIsotonic(scores, positive);
        for (let i = 1; i < fit.scores.length; i++) {
          expect(fit.scores[i]).toBeGreaterThan(fit.scores[i - 1]!);
          expect(fit.probabilities[i]).toBeGreaterThanOrEqual(fit.probabilities[i - 1]!);
        }
        const blocks = new Map<number, number>();
        for (const score of new Set(scores)) {
          // A pool-adjacent-violators fit is the largest of the smallest means (min-max formula).
          let best = -Infinity;
          for (const low of new Set(scores)) {
            if (low > score) continue;
            let least = Infinity;
            for (const high of new Set(scores)) {
              if (high < score) continue;
              const within = rows.filter(([one]) => one >= low && one <= high);
              least = Math.min(least, within.filter(([, is]) => is).length / within.length);
            }
            best = Math.max(best, least);
          }
          blocks.set(score, best);
        }
        expect([...new Set([...blocks].sort((a, b) => a[0] - b[0]).map(([, p]) => p.toFixed(9)))]).toEqual([
          ...new Set(fit.probabilities.map((p) => p.toFixed(9))),
        ]);
        for (const [score, p] of blocks) expect(isotonicAt(fit, score)).toBeCloseTo(p, 9);
        expect(isotonicAt(fit, cut + step)).toBeGreaterThanOrEqual(isotonicAt(fit, cut) - 1e-12);
      },
    ),
    { numRuns: 60 },
  );
});

it("the corrected prior finds the share of positives, and leaves what was right as it is", () => {
  const random = new Random(1);
  // Two normal classes: the balanced posterior at x is 1 / (1 + exp(-2x)) for means -1 and 1.
  for (const share of [0.02, 0.1, 0.5]) {
    const x = Float64Array.from({ length: 40_000 }, () => random.normal() + (random.unit() < share ? 1 : -1));
    const { prior } = correctPrior(
      x.map((value) => 1 / (1 + Math.exp(-2 * value))),
      0.5,
    );
    // Five standard errors of a share known from overlapping classes, about 1.5 times the binomial's.
    expect(Math.abs(prior - share)).toBeLessThan(7.5 * Math.sqrt((share * (1 - share)) / 40_000));
  }
});

it("logistic regression is at the minimum of the penalised loss", () => {
  const model = fitLogistic(
    [
      [0, 1],
      [1, 0],
      [2, 1],
      [3, 3],
      [1, 2],
    ],
    [0, 0, 1, 1, 0],
  );
  const gradient = [0, 0, 0];
  [
    [0, 1],
    [1, 0],
    [2, 1],
    [3, 3],
    [1, 2],
  ].forEach((point, i) => {
    const p = 1 / (1 + Math.exp(-model.logit(point)));
    const residual = p - [0, 0, 1, 1, 0][i]!;
    gradient[0]! += residual * point[0]!;
    gradient[1]! += residual * point[1]!;
    gradient[2]! += residual;
  });
  // At the minimum the gradient of the loss is minus that of half the squared weights; the intercept is free.
  expect(gradient[0]! + model.weights[0]!).toBeCloseTo(0, 6);
  expect(gradient[1]! + model.weights[1]!).toBeCloseTo(0, 6);
  expect(gradient[2]!).toBeCloseTo(0, 6);
});

it("Platt's curve is the logistic regression on his targets, whatever the scores' unit", () => {
  // scikit-learn 1.7, _SigmoidCalibration on the same scores: slope -a_, intercept -b_.
  const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.7, 0.2, 0.9, 0.5);
  const positive = [0, 0, 1, 1, 1, 0, 1, 0];
  const { slope, intercept } = fitPlatt(scores, positive);
  expect(slope).toBeCloseTo(4.230664351856028, 4);
  expect(intercept).toBeCloseTo(-2.077462609181385, 4);
  const large = fitPlatt(
    scores.map((score) => 1000 * score - 7),
    positive,
  );
  for (const score of scores)
    expect(plattAt(large, 1000 * score - 7)).toBeCloseTo(plattAt({ slope, intercept }, score), 6);
  // Scores that part the classes give no certainty: at most the targets.
  const parted = fitPlatt(Float64Array.of(1, 2, 3, 4, NaN), [0, 0, 1, 1, 1]);
  expect(plattAt(parted, 4)).toBeLessThan(0.8);
  expect(plattAt(parted, 4)).toBeGreaterThan(0.6);
  // Where nothing is told apart, the share.
  for (const nothing of [
    fitPlatt(Float64Array.of(2, 2, NaN), [1, 0, 0]),
    fitPlatt(Float64Array.of(NaN), [1]),
  ])
    expect([nothing.slope, plattAt(nothing, 2)]).toEqual([0, 0.5]);
});
