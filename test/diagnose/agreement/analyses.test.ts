/** The analyses on worlds whose truth is known: what they must find, and what they must not. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { addedValue } from "../../../src/diagnose/agreement/added-value.js";
import { annotatorAgreement } from "../../../src/diagnose/agreement/annotators.js";
import { apartLabels } from "../../../src/diagnose/agreement/apart-labels.js";
import { crossFittedDeviance, groupFolds } from "../../../src/diagnose/agreement/cross-fit.js";
import { agreementOf } from "../../../src/diagnose/agreement/example-agreement.js";
import { naturalSpline } from "../../../src/diagnose/agreement/natural-spline.js";
import { noiseCeiling, spearmanBrown } from "../../../src/diagnose/agreement/noise-ceiling.js";
import { regionVotes } from "../../../src/diagnose/agreement/region-votes.js";
import { drawOne, splitHalves, withoutOne } from "../../../src/diagnose/agreement/vote-draws.js";
import { rankCorrelation } from "../../../src/diagnose/agreement/rank-correlation.js";
import { once } from "../../../src/diagnose/agreement/group-bootstrap.js";
import type { LabelMoments } from "../../../src/diagnose/agreement/label-moments.js";
import { drawVotes, examplesOf } from "./made-votes.js";

describe("a natural spline", () => {
  const values = Float64Array.from({ length: 200 }, (_, i) => ((i * 37) % 200) / 200);
  const basis = naturalSpline(values);

  it("has a column for each knot but one, with no corners in slope or bend, and straight lines beyond", () => {
    expect(basis.knots).toHaveLength(5);
    expect(basis.columns(0.5)).toHaveLength(4);
    const bend = (x: number, h: number): number[] => {
      const [low, mid, high] = [x - h, x, x + h].map((at) => basis.columns(at));
      return mid!.map((own, j) => (low![j]! - 2 * own + high![j]!) / (h * h));
    };
    for (const outside of [-1, -0.2, basis.knots.at(-1)! + 0.1, 3])
      for (const own of bend(outside, 0.01)) expect(own).toBeCloseTo(0, 6);
    for (const knot of basis.knots) {
      const [before, after] = [bend(knot - 1e-3, 1e-4), bend(knot + 1e-3, 1e-4)];
      before.forEach((own, j) => expect(Math.abs(own - after[j]!)).toBeLessThan(0.2));
    }
    expect(bend(0.6, 0.01).some((own) => Math.abs(own) > 1)).toBe(true);
  });

  it("of two values is a line, of one nothing", () => {
    expect(naturalSpline(Float64Array.from([0, 1, 0, 1])).columns(0.3)).toEqual([0.3]);
    expect(naturalSpline(Float64Array.from([2, 2])).columns(2)).toEqual([]);
  });
});

describe("cross-fitting", () => {
  it("keeps groups whole and folds alike in size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 10, maxLength: 60 }), (raw) => {
        const known = [...new Set(raw)];
        const units = Int32Array.from(raw, (unit) => known.indexOf(unit));
        const folds = groupFolds({ units, unitCount: known.length }, 2, 5);
        units.forEach((unit, i) => expect(folds[i]).toBe(folds[units.indexOf(unit)]));
        const largest = Math.max(...known.map((unit) => raw.filter((own) => own === unit).length));
        const first = folds.reduce((n, fold) => n + (fold === 0 ? 1 : 0), 0);
        expect(Math.abs(raw.length - 2 * first)).toBeLessThanOrEqual(largest);
      }),
    );
  });

  it("of a constant gives the deviance from the other fold's mean, written plainly", () => {
    const outcome = Float64Array.from([1, 0.6, 0.8, 0.4]);
    const found = crossFittedDeviance(outcome, [], Int32Array.from([0, 0, 1, 1]), 2);
    const plain = (y: number, m: number): number =>
      2 * ((y > 0 ? y * Math.log(y / m) : 0) + (y < 1 ? (1 - y) * Math.log((1 - y) / (1 - m)) : 0));
    [0.6, 0.6, 0.8, 0.8].forEach((m, i) => expect(found[i]).toBeCloseTo(plain(outcome[i]!, m), 6));
  });
});

/** Examples whose people agree by a number of their own, twenty votes each, in groups of two. */
function world(agree: (confidence: number, variability: number) => number) {
  const random = new Random(11);
  const size = 1200;
  const confidence = Float64Array.from({ length: size }, () => random.unit());
  // Much of it is confidence's curve, as on every map; the rest is its own.
  const variability = confidence.map((c) => Math.sqrt(c * (1 - c)) * (0.6 + 0.4 * random.unit()));
  const counts = Array.from(confidence, (c, i) => {
    const p = agree(c, variability[i]!);
    return drawVotes([p, 1 - p], 20, random);
  });
  const groups = Array.from({ length: size }, (_, i) => `g${i >> 1}`);
  const examples = examplesOf(counts, { groups, gold: counts.map(() => 0) });
  const settings = { folds: 5, repeats: 1, resamples: 300, seed: 1, length: null };
  return addedValue({ examples, confidence, variability, ...settings });
}

describe("what variability adds", () => {
  it("is found where it is there, and not where agreement is a curve of confidence alone", () => {
    const adds = world((c, v) => 0.55 + 0.2 * c + 0.25 * (v / 0.5));
    const curve = world((c) => 0.6 + 0.38 * (1 - 4 * (c - 0.5) ** 2));
    if (typeof adds === "string" || typeof curve === "string") throw new Error("no finding");
    expect(adds.verdict).toBe("adds");
    expect(adds.added.interval!.low).toBeGreaterThan(0);
    // By rank agreement follows variability there too: the curve is what the spline of confidence takes away.
    expect(curve.verdict).not.toBe("adds");
    expect(curve.variability.interval!.low).toBeGreaterThan(0);
    expect(curve.rungs.map(({ predictors }) => predictors.length)).toEqual([0, 1, 2, 3, 2]);
    expect(curve.rungs[0]!.explained).toBe(0);
  });

  it("has reasons where there is nothing to find", () => {
    expect(world(() => 1)).toMatch(/agree alike/);
    const few = examplesOf([
      [3, 1],
      [4, 0],
    ]);
    const none = Float64Array.from([0.1, 0.2]);
    const settings = { folds: 5, repeats: 1, resamples: 100, seed: 1, length: null };
    expect(addedValue({ examples: few, confidence: none, variability: none, ...settings })).toMatch(
      /too few/,
    );
  });
});

describe("a label apart from the votes", () => {
  // Everybody is torn alike, and the model says the same of every example but for noise: there is nothing to find.
  const random = new Random(5);
  const size = 1500;
  const counts = Array.from({ length: size }, () => drawVotes([0.65, 0.35], 5, random));
  const examples = examplesOf(counts);
  const noise = Float64Array.from({ length: size }, () => 0.05 * random.normal());
  const moments: LabelMoments = {
    labels: 2,
    mean: Float64Array.from({ length: 2 * size }, (_, at) =>
      at % 2 === 0 ? 0.65 + noise[at >> 1]! : 0.35 - noise[at >> 1]!,
    ),
    deviation: Float64Array.from({ length: 2 * size }, () => random.unit()),
    correct: Float64Array.from({ length: 2 * size }, () => random.unit()),
  };

  it("takes away what a label taken from those votes makes up", () => {
    const found = apartLabels(examples, moments, "majority", { draws: 60, seed: 3 });
    if (typeof found === "string") throw new Error(found);
    const [own, , drawn] = found.rows;
    expect(own!.confidence!.value).toBeGreaterThan(0.2);
    expect(Math.abs(drawn!.confidence!.value)).toBeLessThan(0.05);
    expect(drawn!.confidence!.interval!.low).toBeLessThan(0);
    expect(drawn!.confidence!.interval!.high).toBeGreaterThan(0);
  });

  it("draws each vote as often as another, and takes it out", () => {
    const few = examplesOf([
      [1, 3],
      [0, 5],
    ]);
    const own = new Random(2);
    let first = 0;
    for (let i = 0; i < 4000; i++) {
      const drawn = drawOne(few, own);
      expect(drawn[1]).toBe(1);
      if (drawn[0] === 0) first++;
      expect([...withoutOne(few, drawn)]).toEqual(drawn[0] === 0 ? [0, 3, 0, 4] : [1, 2, 0, 4]);
    }
    expect(first / 4000).toBeCloseTo(0.25, 1);
    expect([...withoutOne(few, Int32Array.from([0, 0]))]).toEqual([0, 3, 0, 5]);
  });
});

describe("the noise ceiling", () => {
  it("is near what a predictor that knows the truth would reach", () => {
    const random = new Random(8);
    const truth = Float64Array.from({ length: 2500 }, () => random.unit());
    const counts = Array.from(truth, (p) => drawVotes([p, 1 - p], 12, random));
    const examples = examplesOf(counts, { measure: "pairs" });
    const found = noiseCeiling(examples, "pairs", { splits: 60, seed: 1 });
    if (typeof found === "string") throw new Error(found);
    const known = truth.map((p) => p * p + (1 - p) * (1 - p));
    const reached = rankCorrelation(known, examples.agreement).spearman(once(2500));
    // Halves of few votes are not parallel tests of a linear score: an approximation, and said to be.
    expect(Math.abs(found.ceiling.value - reached)).toBeLessThan(0.06);
    expect(found.reliability.value).toBeCloseTo(spearmanBrown(found.halves.value), 12);
    expect(found.halves.interval!.low).toBeLessThan(found.halves.value);
  });

  it("is 0 of pure chance, and splits keep every vote once", () => {
    const random = new Random(9);
    const counts = Array.from({ length: 800 }, () => drawVotes([0.7, 0.3], 7, random));
    const examples = examplesOf(counts);
    const found = noiseCeiling(examples, "majority", { splits: 40, seed: 1 });
    if (typeof found === "string") throw new Error(found);
    expect(Math.abs(found.halves.value)).toBeLessThan(0.06);
    const [a, b] = splitHalves(examples, random, 4);
    for (let i = 0; i < 800; i++) {
      const sums = [a, b].map((half) => half[2 * i]! + half[2 * i + 1]!);
      expect(sums).toEqual([3, 3]);
      for (let k = 0; k < 2; k++) expect(a[2 * i + k]! + b[2 * i + k]!).toBeLessThanOrEqual(counts[i]![k]!);
    }
    expect(noiseCeiling(examplesOf([[2, 1]]), "majority", { splits: 20, seed: 0 })).toMatch(
      /4 votes or more/,
    );
  });
});

describe("regions", () => {
  it("are told apart by their mean agreement, and most by those below the easy ones", () => {
    const counts = [
      [5, 0],
      [5, 0],
      [4, 1],
      [3, 2],
      [3, 2],
      [5, 0],
      [4, 1],
    ];
    const regions = Float64Array.from([0, 0, 0, 2, 2, 2, 1]);
    const { regions: all, contrasts } = regionVotes(examplesOf(counts), regions, { resamples: 200, seed: 0 });
    expect(all.map(({ size }) => size)).toEqual([3, 1, 3]);
    const [easy, ambiguous, hard] = all.map(({ agreement }) => agreement!.value);
    expect([easy, ambiguous, hard]).toEqual([expect.closeTo(2.8 / 3), 0.8, expect.closeTo(2.2 / 3)]);
    const value = new Map(contrasts.map(({ name, difference }) => [name, difference!.value]));
    expect(value.get("easy-less-others")).toBeCloseTo(2.8 / 3 - 3 / 4, 12);
    expect(value.get("hard-less-easy")).toBeCloseTo(-0.2, 12);
    expect(value.get("hard-less-others")).toBeCloseTo(2.2 / 3 - 3.6 / 4, 12);
    expect(value.get("most-hard-below-easy")).toBeCloseTo(2 / 3 - 1 / 2, 12);
  });
});

describe("each annotator against the others", () => {
  it("is what the definition says", () => {
    const vote = fc.record({
      row: fc.integer({ min: 0, max: 5 }),
      who: fc.integer({ min: 0, max: 3 }),
      label: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(vote, { minLength: 1, maxLength: 30 }), (votes) => {
        const found = annotatorAgreement(
          {
            annotators: ["a", "b", "c", "d"],
            row: Int32Array.from(votes, ({ row }) => row),
            annotator: Int32Array.from(votes, ({ who }) => who),
            label: Int32Array.from(votes, ({ label }) => label),
          },
          3,
        );
        for (const [at, name] of ["a", "b", "c", "d"].entries()) {
          const met = votes
            .filter(({ who }) => who === at)
            .map((own) => ({ own, others: votes.filter(({ row, who }) => row === own.row && who !== at) }))
            .filter(({ others }) => others.length > 0);
          const shares = met.map(
            ({ own, others }) => others.filter(({ label }) => label === own.label).length / others.length,
          );
          const one = found.find((annotator) => annotator.name === name);
          expect(one?.votes ?? 0).toBe(met.length);
          if (one) expect(one.agreement).toBeCloseTo(shares.reduce((a, b) => a + b, 0) / met.length, 10);
        }
      }),
    );
  });

  it("shares a tie of the others among its labels", () => {
    const found = annotatorAgreement(
      {
        annotators: ["a", "b", "c"],
        row: Int32Array.from([0, 0, 0]),
        annotator: Int32Array.from([0, 1, 2]),
        label: Int32Array.from([0, 0, 1]),
      },
      2,
    );
    expect(found.find(({ name }) => name === "a")).toMatchObject({
      agreement: 0.5,
      withMajority: 0.5,
      othersAmong: 0.5,
    });
    expect(found.find(({ name }) => name === "c")).toMatchObject({
      agreement: 0,
      withMajority: 0,
      othersAmong: 1,
    });
  });
});

it("agreement by the gold label is that of the label asked for", () => {
  expect(agreementOf("gold", [1, 4, 0, 5], 2, 2, 1)).toBe(1);
});
