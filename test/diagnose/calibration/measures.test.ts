/** The measures of calibration: against other programs, plain definitions, forecasts that are right by construction, and their laws. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { voteDistances } from "../../../src/diagnose/calibration/against-votes.js";
import {
  binForecasts,
  binnedError,
  debiasedError,
  debiasedSquares,
} from "../../../src/diagnose/calibration/binned.js";
import {
  forecastRows,
  forecastsOf,
  oneHot,
  type Forecasts,
} from "../../../src/diagnose/calibration/forecasts.js";
import { measureForecasts, measuresOf } from "../../../src/diagnose/calibration/measure-forecasts.js";
import { measure, measurable } from "../../../src/diagnose/calibration/measures.js";
import { scoreIsotonic } from "../../../src/diagnose/calibration/recalibrated.js";
import { scoreForecasts } from "../../../src/diagnose/calibration/score-forecasts.js";
import { smoothCurve, smoothError } from "../../../src/diagnose/calibration/smooth-error.js";
import {
  crossFitTemperature,
  crossFolds,
  fitTemperature,
} from "../../../src/diagnose/calibration/temperature.js";

interface Reference {
  readonly labels: number;
  readonly logits: readonly number[];
  readonly gold: readonly number[];
  readonly brier: number;
  readonly nll: number;
  readonly curve: { readonly true: readonly number[]; readonly said: readonly number[] };
  readonly squares: number;
  readonly debiased: number;
  readonly temperature: number;
  readonly smooth: number;
}
const references = JSON.parse(
  readFileSync(new URL("../../fixtures/calibration/cases.json", import.meta.url), "utf8"),
) as readonly Reference[];

/** Labels that stand for themselves. */
function plain(gold: Int32Array, labels: number) {
  const names = Array.from({ length: labels }, (_, i) => `l${i}`);
  return { names, ofModel: Int32Array.from(names, (_, i) => i), gold };
}

function forecastsFrom(logits: readonly number[], gold: readonly number[], labels: number): Forecasts {
  return forecastsOf(
    { values: Float32Array.from(logits), widths: labels },
    plain(Int32Array.from(gold), labels),
  );
}

/** Gold labels drawn from the forecasts themselves, whose logits are then multiplied. */
function drawn(size: number, labels: number, seed: number, sharpness = 1, spread = 1.5): Forecasts {
  const random = new Random(seed);
  const logits: number[] = [];
  const gold: number[] = [];
  for (let i = 0; i < size; i++) {
    const z = Array.from({ length: labels }, () => spread * random.normal());
    const e = z.map(Math.exp);
    let rest = random.unit() * e.reduce((a, b) => a + b, 0);
    const label = e.findIndex((one) => (rest -= one) < 0);
    gold.push(label < 0 ? labels - 1 : label);
    logits.push(...z.map((one) => one * sharpness));
  }
  return forecastsFrom(logits, gold, labels);
}

describe.each(references)("against other programs: $labels labels, temperature $temperature", (reference) => {
  const forecasts = forecastsFrom(reference.logits, reference.gold, reference.labels);
  const scored = scoreForecasts(forecasts);
  const { confidence, outcome } = scored;
  const found = measuresOf(forecasts);

  it("Brier and NLL are scikit-learn's", () => {
    expect(found.brier).toBeCloseTo(reference.brier, 10);
    expect(found.nll).toBeCloseTo(reference.nll, 10);
  });
  it("bins of equal width are those of scikit-learn's calibration_curve", () => {
    const bins = binForecasts(confidence, outcome, { scheme: "width", bins: 15 });
    expect(bins).toHaveLength(reference.curve.true.length);
    bins.forEach((bin, i) => {
      expect(bin.outcome).toBeCloseTo(reference.curve.true[i]!, 10);
      expect(bin.forecast).toBeCloseTo(reference.curve.said[i]!, 10);
    });
  });
  it("debiased errors are those of Kumar et al.'s code", () => {
    const bins = binForecasts(confidence, outcome, { scheme: "mass", bins: 15 });
    expect(bins.map(({ count }) => count)).toEqual(Array.from({ length: 15 }, () => confidence.length / 15));
    expect(debiasedSquares(bins)).toBeCloseTo(reference.squares, 10);
    // Theirs divides the variance by n, and draws 200,000 times.
    expect(Math.abs(debiasedError(bins) - reference.debiased)).toBeLessThan(0.002);
  });
  it("the temperature is what scipy finds", () => {
    expect(fitTemperature(forecasts).temperature).toBeCloseTo(reference.temperature, 4);
  });
  it("smooth ECE is relplot's, whose bandwidth is right to 1 / 1024 and whose integral has 200 points", () => {
    expect(Math.abs(smoothError(confidence, outcome).error - reference.smooth)).toBeLessThan(0.003);
  });
});

/** smECE by its definition: a sum over examples and mirror images, on a fine grid. */
function naiveSmoothError(p: readonly number[], y: readonly number[], bandwidth: number): number {
  const points = 2000;
  let integral = 0;
  for (let j = 0; j < points; j++) {
    const t = (j + 0.5) / points;
    let sum = 0;
    for (let i = 0; i < p.length; i++)
      for (let m = -6; m <= 6; m++)
        for (const place of [2 * m + p[i]!, 2 * m - p[i]!])
          sum += (y[i]! - p[i]!) * Math.exp(-((t - place) ** 2) / (2 * bandwidth ** 2));
    integral += Math.abs(sum) / points;
  }
  return integral / (p.length * bandwidth * Math.sqrt(2 * Math.PI));
}

const forecastList = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
  minLength: 2,
  maxLength: 40,
});

describe("smooth ECE", () => {
  it("is its definition at its bandwidth, and its bandwidth is where both are equal", () => {
    fc.assert(
      fc.property(forecastList, (list) => {
        const p = list.map(([one]) => one);
        const y = list.map(([, one]) => (one ? 1 : 0));
        const { error, bandwidth } = smoothError(Float64Array.from(p), Float64Array.from(y));
        expect(Math.abs(error - bandwidth)).toBeLessThan(bandwidth <= 0.003 ? 0.003 : 1e-6);
        if (bandwidth > 0.01) expect(Math.abs(naiveSmoothError(p, y, bandwidth) - error)).toBeLessThan(1e-4);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
  it("counts an example of weight two as two examples, and finds the same from a near bandwidth", () => {
    const p = Float64Array.of(0.2, 0.5, 0.9);
    const y = Float64Array.of(0, 1, 1);
    const twice = smoothError(Float64Array.of(0.2, 0.5, 0.5, 0.9), Float64Array.of(0, 1, 1, 1));
    const weighted = smoothError(p, y, { weights: Float64Array.of(1, 2, 1), near: 0.3 });
    expect(weighted.error).toBeCloseTo(twice.error, 4);
  });
  it("is 0 of forecasts that are what came, 1/2 of a coin called for sure, 1 of sure ones that are all wrong", () => {
    const ones = Float64Array.of(1, 1, 1, 1);
    expect(smoothError(ones, ones).error).toBeCloseTo(0, 10);
    const coin = smoothError(ones, Float64Array.of(1, 0, 1, 0));
    expect(coin.error).toBeCloseTo(0.5, 6);
    expect(smoothError(ones, new Float64Array(4)).error).toBeCloseTo(1, 6);
  });
  it("its curve is a mean of outcomes, within what was forecast", () => {
    const { confidence, outcome } = scoreForecasts(drawn(500, 3, 5));
    const curve = smoothCurve(confidence, outcome, 0.05);
    expect(curve.length).toBeGreaterThan(50);
    for (const { forecast, outcome: came } of curve) {
      expect(came).toBeGreaterThanOrEqual(0);
      expect(came).toBeLessThanOrEqual(1);
      expect(forecast).toBeGreaterThanOrEqual(Math.min(...confidence));
    }
  });
  it.each([
    ["right and wrong, forecasts everywhere", 1, (u: number) => u],
    ["shares of five votes", 5, (u: number) => u],
    ["forecasts near 1", 1, (u: number) => 1 - 0.4 * u ** 4],
    ["forecasts piled at 1", 1, (u: number) => 1 - 0.4 * u ** 8],
  ])("its interval holds the truth 19 times of 20: %s", (_, votes, forecastOf) => {
    const random = new Random(11);
    // One truth for all forecasts, so that smoothing it changes nothing, at the ends neither.
    const truth = 0.7;
    let [held, all, reach] = [0, 0, 0];
    for (let round = 0; round < 150; round++) {
      const forecasts = Float64Array.from({ length: 400 }, () => forecastOf(random.unit()));
      const outcomes = forecasts.map(() => {
        let yes = 0;
        for (let i = 0; i < votes; i++) if (random.unit() < truth) yes++;
        return yes / votes;
      });
      for (const { interval } of smoothCurve(forecasts, outcomes, 0.05)) {
        if (interval.low <= truth && truth <= interval.high) held++;
        reach += interval.high - interval.low;
        all++;
      }
    }
    // The share of 150 rounds, neighbouring points of which are one: a standard error of about .01; and where few speak no interval is exact.
    expect(held / all).toBeGreaterThan(0.92);
    expect(held / all).toBeLessThan(0.985);
    // Five votes tell as much as five examples.
    if (votes === 5) expect(reach / all).toBeLessThan(0.11);
  });
});

describe("bins", () => {
  it("by hand", () => {
    const p = Float64Array.of(0.1, 0.1, 0.5, 0.9, 1);
    const y = Float64Array.of(0, 1, 1, 1, 1);
    // (0, .5] holds three, (.5, 1] two: .6 |.7/3 - 2/3| + .4 |.95 - 1|.
    const bins = binForecasts(p, y, { scheme: "width", bins: 2 });
    expect(bins.map(({ count }) => count)).toEqual([3, 2]);
    expect(binnedError(bins)).toBeCloseTo((3 * (2 / 3 - 0.7 / 3) + 2 * 0.05) / 5, 12);
    expect(bins[0]!.variance).toBeCloseTo(2 / 9 / 2, 12);
  });
  it("equal forecasts share a bin of equal mass, so that the order of rows plays no part", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 9 }),
        (list, count) => {
          const of = (all: typeof list) =>
            binForecasts(
              Float64Array.from(all, ([p]) => p / 6),
              Float64Array.from(all, ([, y]) => (y ? 1 : 0)),
              { scheme: "mass", bins: count },
            );
          const bins = of(list);
          const again = of([...list].reverse());
          expect(again.map(({ count: n, low, high }) => [n, low, high])).toEqual(
            bins.map(({ count: n, low, high }) => [n, low, high]),
          );
          expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(list.length);
          bins.slice(1).forEach((bin, i) => expect(bin.low).toBeGreaterThan(bins[i]!.high));
        },
      ),
      { seed: 2 },
    );
  });
  it("constant forecasts are one bin", () => {
    const bins = binForecasts(
      new Float64Array(20).fill(0.7),
      Float64Array.from({ length: 20 }, (_, i) => Number(i < 10)),
      { scheme: "mass", bins: 15 },
    );
    expect(bins).toHaveLength(1);
    expect(binnedError(bins)).toBeCloseTo(0.2, 12);
  });
});

describe("forecasts that are right by construction", () => {
  it("every error goes to 0 as examples come, debiased ones are lower, and squared ones have mean 0 long before", () => {
    const errors = (size: number) => measuresOf(drawn(size, 3, size));
    const [few, many] = [errors(500), errors(40_000)];
    for (const name of ["ece", "ece-mass", "smooth-ece", "classwise-ece"] as const) {
      expect(many[name]!).toBeLessThan(0.012);
      expect(many[name]!).toBeLessThan(few[name]!);
    }
    const several = Array.from({ length: 80 }, (_, seed) => measuresOf(drawn(400, 3, 1000 + seed)));
    const mean = (name: "ece-mass" | "ece-debiased") =>
      several.reduce((sum, one) => sum + one[name]!, 0) / 80;
    expect(mean("ece-mass")).toBeGreaterThan(0.05);
    // Of 0.8 deviations of a bin 2 x 0.8 - 0.8 x sqrt(2) are left.
    expect(mean("ece-debiased") / mean("ece-mass")).toBeCloseTo(2 - Math.SQRT2, 1);
    const squares = Array.from({ length: 80 }, (_, seed) => {
      const { confidence, outcome } = scoreForecasts(drawn(400, 3, 2000 + seed));
      return debiasedSquares(binForecasts(confidence, outcome, { scheme: "mass", bins: 15 }));
    });
    expect(Math.abs(squares.reduce((sum, one) => sum + one, 0) / 80)).toBeLessThan(0.001);
  });
  it("temperature finds by how much logits were multiplied", () => {
    for (const sharpness of [0.4, 1, 3]) {
      const { temperature, end } = fitTemperature(drawn(20_000, 4, 7, sharpness));
      expect(end).toBeNull();
      expect(temperature / sharpness).toBeGreaterThan(0.95);
      expect(temperature / sharpness).toBeLessThan(1.05);
    }
  });
  it("cross-fitted temperature takes the calibration part off and leaves the refinement of the right forecasts", () => {
    const right = measuresOf(drawn(20_000, 3, 9));
    const forecasts = drawn(20_000, 3, 9, 3);
    const ids = Array.from({ length: 20_000 }, (_, i) => `e${i}`);
    const found = measureForecasts(forecasts, { ids, resamples: 0 });
    expect(found.before["nll-refinement"]!.value).toBeCloseTo(right.nll!, 2);
    expect(found.before["nll-calibration"]!.value + found.before["nll-refinement"]!.value).toBeCloseTo(
      found.before.nll!.value,
      10,
    );
    expect(found.after["smooth-ece"]!.value).toBeLessThan(0.02);
    expect(found.before["smooth-ece"]!.value).toBeGreaterThan(0.1);
    expect(found.before.nll!.low).toBeNull();
  });
  it("95 % intervals of debiased ECE and NLL hold their true values about as often", () => {
    // Sharpened by 2: the truth from many examples.
    const truth = measuresOf(drawn(200_000, 2, 77, 2));
    let [ece, nll] = [0, 0];
    const rounds = 40;
    for (let seed = 0; seed < rounds; seed++) {
      const ids = Array.from({ length: 400 }, (_, i) => `e${i}`);
      const { before } = measureForecasts(drawn(400, 2, 5000 + seed, 2), { ids, resamples: 100, seed });
      const holds = (name: "ece-debiased" | "nll"): number =>
        Number(before[name]!.low! <= truth[name]! && truth[name]! <= before[name]!.high!);
      ece += holds("ece-debiased");
      nll += holds("nll");
    }
    // Binomial, 40 rounds of .95: fewer than 34 once in 300.
    expect(nll).toBeGreaterThanOrEqual(34);
    expect(ece).toBeGreaterThanOrEqual(33);
  }, 120_000);
});

describe("temperature", () => {
  it("never raises the NLL that it was fitted on, changes no prediction, and 1 is no change", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 2, max: 5 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (seed, labels, sharpness) => {
          const forecasts = drawn(60, labels, seed, sharpness);
          const { temperature } = fitTemperature(forecasts);
          const before = scoreForecasts(forecasts);
          const after = scoreForecasts(forecasts, 1 / temperature);
          const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
          expect(mean(after.nll)).toBeLessThanOrEqual(mean(before.nll) + 1e-9);
          expect(after.predicted).toEqual(before.predicted);
          expect(scoreForecasts(forecasts, 1)).toEqual(before);
        },
      ),
      { numRuns: 50, seed: 3 },
    );
  });
  it("has an end where all is right, where all is worse than nothing, and is 1 of uniform forecasts", () => {
    expect(fitTemperature(forecastsFrom([1, 0, 0, 1], [0, 1], 2)).end).toBe("coldest");
    expect(fitTemperature(forecastsFrom([1, 0, 0, 1], [1, 0], 2)).end).toBe("hottest");
    expect(fitTemperature(forecastsFrom([1, 1, 0, 0], [1, 0], 2))).toEqual({ temperature: 1, end: null });
  });
  it("is fitted without the examples that it scores; groups stay in one fold, the order of rows plays no part", () => {
    const forecasts = drawn(100, 3, 4, 2);
    const keys = Array.from({ length: 100 }, (_, i) => `g${i >> 2}`);
    const fold = crossFolds(keys, 5);
    for (let i = 0; i < 100; i++) expect(fold[i]).toBe(fold[i & ~3]);
    expect(new Set(fold).size).toBe(5);
    expect([...crossFolds([...keys].reverse(), 5)].reverse()).toEqual([...fold]);
    const { sharpness, folds } = crossFitTemperature(forecasts, fold);
    const others = Int32Array.from(fold.keys()).filter((row) => fold[row] !== fold[0]);
    expect(1 / sharpness[0]!).toBeCloseTo(fitTemperature(forecastRows(forecasts, others)).temperature, 8);
    expect(folds).toHaveLength(5);
  });
});

it("isotonic recalibration mends what no temperature can: a label whose probability is too high throughout", () => {
  const right = drawn(6000, 2, 11);
  const log = right.log.slice();
  for (let row = 0; row < right.size; row++) log[row * 2] = log[row * 2]! + 1.5;
  const forecasts = { ...right, log };
  const scored = scoreForecasts(forecasts);
  const fold = crossFolds(
    Array.from({ length: right.size }, (_, i) => String(i)),
    5,
  );
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const isotonic = mean(scoreIsotonic(forecasts, scored, fold).nll);
  const tempered = mean(scoreForecasts(forecasts, crossFitTemperature(forecasts, fold).sharpness).nll);
  const truth = mean(scoreForecasts(right).nll);
  expect(isotonic).toBeLessThan(tempered - 0.05);
  expect(isotonic - truth).toBeLessThan(0.01);
  const found = measureForecasts(forecasts, {
    ids: Array.from({ length: right.size }, (_, i) => String(i)),
    resamples: 0,
  });
  expect(found.split).toBe("isotonic");
});

describe("labels of a test set", () => {
  it("probabilities of labels that become one are summed; a choice that is not there has none", () => {
    const merged = forecastsOf(
      { values: Float32Array.of(1, 2, 3), widths: 3 },
      { names: ["a", "b"], ofModel: Int32Array.of(0, 1, 1), gold: Int32Array.of(1) },
    );
    const e = [1, 2, 3].map(Math.exp);
    expect(Math.exp(merged.log[1]!)).toBeCloseTo((e[1]! + e[2]!) / (e[0]! + e[1]! + e[2]!), 12);
    const choices = forecastsOf(
      { values: Float32Array.of(0, 1, 0, 1, 2), widths: Int32Array.of(2, 3) },
      { names: ["1", "2", "3"], ofModel: Int32Array.of(0, 1, 2), gold: Int32Array.of(1, 2) },
    );
    expect(choices.log[2]).toBe(-Infinity);
    for (const sharpness of [0.5, 1, 2]) {
      const { probabilities, nll } = scoreForecasts(choices, sharpness);
      expect(probabilities[2]).toBe(0);
      expect([...probabilities.subarray(0, 3)].reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(nll.every(Number.isFinite)).toBe(true);
    }
    expect(Number.isFinite(fitTemperature(choices).temperature)).toBe(true);
  });
  it("a probability too small to be held still has a logarithm", () => {
    expect(forecastsFrom([0, 2000], [0], 2).log[0]).toBe(-2000);
    expect(scoreForecasts(forecastsFrom([0, 2000], [0], 2)).nll[0]).toBe(2000);
  });
  it("errors of one label's probability are of that label", () => {
    const forecasts = forecastsFrom([0, 1, 1, 0, 2, 0], [0, 0, 1], 2);
    const scored = scoreForecasts(forecasts);
    const { confidence, overconfidence } = measure(
      measurable(forecasts, scored, { bins: 5, classwise: true, label: 1 }),
    );
    const p = [0, 1, 2].map((row) => scored.probabilities[row * 2 + 1]!);
    expect(confidence).toBeCloseTo((p[0]! + p[1]! + p[2]!) / 3, 12);
    expect(overconfidence).toBeCloseTo(confidence! - 1 / 3, 12);
  });
});

describe("against votes", () => {
  it("by hand: one example, forecast .8 and .2, three votes to one", () => {
    const forecasts = forecastsFrom([Math.log(4), 0], [0], 2);
    const shares = Float64Array.of(0.75, 0.25);
    const found = voteDistances(scoreForecasts(forecasts), shares, Int32Array.of(4), 0);
    expect(found["dist-ce"]![0]).toBeCloseTo(0.05, 6);
    // .05^2 twice, less (1 - .75^2 - .25^2) / 3.
    expect(found["squared-distance"]![0]).toBeCloseTo(0.005 - 0.125, 6);
    expect(found.kl![0]).toBeCloseTo(0.75 * Math.log(0.75 / 0.8) + 0.25 * Math.log(0.25 / 0.2), 6);
    expect(found["same-ranking"]![0]).toBe(1);
    const against = scoreForecasts(forecastRows(forecasts, Int32Array.of(0), shares));
    expect(against.outcome[0]).toBe(0.75);
    expect(against.nll[0]).toBeCloseTo(-0.75 * Math.log(0.8) - 0.25 * Math.log(0.2), 6);
    // The mean over votes of the Brier score of each.
    expect(against.brier[0]).toBeCloseTo(0.75 * 0.08 + 0.25 * 1.28, 6);
  });
  it("a model that is right has the distance that noise gives, and a squared distance of 0 on average", () => {
    const forecasts = drawn(4000, 3, 21);
    const { probabilities } = scoreForecasts(forecasts);
    const random = new Random(8);
    const shares = new Float64Array(12_000);
    for (let row = 0; row < 4000; row++)
      for (let vote = 0; vote < 5; vote++) {
        let rest = random.unit();
        let label = 0;
        while (label < 2 && (rest -= probabilities[row * 3 + label]!) >= 0) label++;
        shares[row * 3 + label]! += 0.2;
      }
    const scored = scoreForecasts({ ...forecasts, target: shares });
    const found = voteDistances(scored, shares, new Int32Array(4000).fill(5), 1);
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(found["dist-ce"]!)).toBeCloseTo(mean(found["dist-ce-if-right"]!), 2);
    expect(Math.abs(mean(found["squared-distance"]!))).toBeLessThan(0.01);
    expect(Math.abs(mean(found["entropy-gap"]!))).toBeGreaterThan(0.05);
  });
});

it("rows of one group are drawn together: the interval of repeated examples is that of the distinct ones", () => {
  const few = drawn(100, 2, 31);
  const rows = Int32Array.from({ length: 800 }, (_, i) => i % 100);
  const many = forecastRows(few, rows);
  const ids = Array.from(rows, (row, i) => `${row}-${i}`);
  const groups = Array.from(rows, (row) => `g${row}`);
  const width = (found: ReturnType<typeof measureForecasts>) =>
    found.before.nll!.high! - found.before.nll!.low!;
  const alone = width(measureForecasts(many, { ids, resamples: 300 }));
  const together = width(measureForecasts(many, { ids, groups, resamples: 300 }));
  expect(together / alone).toBeGreaterThan(2);
  expect(
    measureForecasts(many, { ids, groups: ids.map(() => "one"), resamples: 50 }).before.nll!.low,
  ).toBeNull();
});

it("a one-hot target is the gold label", () => {
  expect([...oneHot(Int32Array.of(1, 0), 2)]).toEqual([0, 1, 1, 0]);
});
