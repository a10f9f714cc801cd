import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { analyse, enoughResamples, type Analysis } from "../../src/study/results/analysis.js";
import { armsOf, testsOf } from "../../src/study/results/arms.js";
import { declareComparisons, placeOf } from "../../src/study/results/comparison.js";
import type { StudyResults } from "../../src/study/results/results.js";
import { madeUpStudy, thirds } from "./made-up.js";

const resamples = 500;

function rowOf(analysis: Analysis, arm: string, against: string, test: string) {
  const title = (key: string) => analysis.arms.find((a) => a.key === key)?.title;
  const row = analysis.comparisons.find(
    (r) => title(r.arm) === arm && title(r.against) === against && r.test === test,
  );
  if (!row) throw new Error(`no comparison of ${arm} and ${against} on ${test}`);
  return row;
}

describe("declared comparisons", () => {
  const named = (results: StudyResults) => {
    const arms = armsOf(results.results);
    const title = (key: string) => arms.find((a) => a.key === key)?.title;
    return declareComparisons(arms, testsOf(results.results)).map(
      ({ arm, against, test, family }) => `${family} ${test}: ${title(arm)} - ${title(against)}`,
    );
  };

  it("are primary for ambiguous and hard thirds out of distribution, against random and the whole", () => {
    const all = named(madeUpStudy({ ...thirds, replicates: 1 }));
    expect(all.filter((line) => line.startsWith("primary"))).toEqual([
      "primary ood: ambiguous 33 % - random 33 %",
      "primary ood: ambiguous 33 % - 100 %",
      "primary ood: hard 33 % - random 33 %",
      "primary ood: hard 33 % - 100 %",
    ]);
    expect(all).toContain("exploratory id: easy 33 % - random 33 %");
    expect(all).toContain("exploratory ood: random 33 % - 100 %");
    expect(new Set(all).size).toBe(all.length);
  });

  it("are primary as the study declared them, and no comparison stands twice", () => {
    const { results } = madeUpStudy({ ...thirds, replicates: 1 });
    const arms = armsOf(results);
    const declared = [
      { arm: "easy 33 %", against: "hard 33 %", tests: ["id"] },
      { arm: "easy 33 %", against: "random 33 %" },
      { arm: "gone", against: "random 33 %" },
    ];
    const all = declareComparisons(arms, testsOf(results), declared);
    const title = (key: string) => arms.find((a) => a.key === key)?.title;
    const primary = all.filter(({ family }) => family === "primary");
    expect(primary.map(({ arm, against, test }) => [title(arm), title(against), test])).toEqual([
      ["easy 33 %", "hard 33 %", "id"],
      ["easy 33 %", "random 33 %", "ood"],
    ]);
    expect(new Set(all.map(placeOf)).size).toBe(all.length);
  });

  it("pair what belongs together: size, budget, balance, trainer, and mixtures with the unmixed", () => {
    const accuracy = { ood: 0.7 };
    const all = named(
      madeUpStudy({
        replicates: 1,
        tests: { ood: { kind: "ood", size: 10 } },
        arms: (["epochs", "steps"] as const).flatMap((budget) => [
          { arm: "100 %", by: "all", budget, accuracy },
          { arm: "random 17 %", by: "random", fraction: 0.17, budget, accuracy },
          {
            arm: "random 17 %, balanced",
            by: "random",
            fraction: 0.17,
            balanced: true,
            budget,
            accuracy,
          },
          { arm: "ambiguous 17 %", by: "ambiguous", fraction: 0.17, budget, accuracy },
          {
            arm: "ambiguous 17 %, balanced",
            by: "ambiguous",
            fraction: 0.17,
            balanced: true,
            budget,
            accuracy,
          },
          {
            arm: "ambiguous 17 % + easy",
            by: "ambiguous",
            mixBy: "easy",
            mixShare: 0.1,
            fraction: 0.17,
            budget,
            accuracy,
          },
        ]),
      }),
    );
    const of = (arm: string): string[] =>
      all.filter((line) => line.includes(`ood: ${arm} - `)).map((line) => line.replace(/.* - /, ""));
    expect(of("ambiguous 17 %, by steps")).toEqual(["random 17 %, by steps", "100 %"]);
    expect(of("ambiguous 17 %, balanced, by epochs")).toEqual(["random 17 %, balanced, by epochs", "100 %"]);
    expect(of("ambiguous 17 % + easy, by epochs")).toEqual([
      "random 17 %, by epochs",
      "ambiguous 17 %, by epochs",
      "100 %",
    ]);
    // No thirds: the shares that there are, under the first budget, neither mixed nor balanced.
    expect(all.filter((line) => line.startsWith("primary"))).toEqual([
      "primary ood: ambiguous 17 %, by epochs - random 17 %, by epochs",
      "primary ood: ambiguous 17 %, by epochs - 100 %",
    ]);
  });
});

describe("a study's analysis", () => {
  it("finds what was put in, and says how sure it is", async () => {
    const analysis = await analyse(madeUpStudy(thirds), { resamples });
    const gain = rowOf(analysis, "ambiguous 33 %", "random 33 %", "ood");
    expect(gain).toMatchObject({ verdict: "better", family: "primary", replicates: 5, because: null });
    expect(gain.difference).toBeCloseTo(0.06, 1);
    expect(gain.difference).toBeCloseTo(gain.mean - gain.againstMean, 12);
    expect(gain.differenceOk).toBeCloseTo(gain.difference, 12);
    expect(gain.bootstrap.low).toBeGreaterThan(0);
    expect(gain.t?.low).toBeGreaterThan(0);
    expect(gain.adjusted).toBeGreaterThanOrEqual(gain.p ?? 1);
    expect(rowOf(analysis, "easy 33 %", "random 33 %", "ood").verdict).toBe("worse");
    expect(analysis.scores.find(({ arm }) => arm.includes("easy"))?.states).toEqual({ ok: 5 });
  });

  it("does not depend on the order of the results", async () => {
    const results = madeUpStudy(thirds);
    const shuffled = { ...results, results: new Random(4).shuffle([...results.results]) };
    const [a, b] = await Promise.all([results, shuffled].map((r) => analyse(r, { resamples })));
    // The order of cells moves the order of the arms and the rounding of sums, nothing else.
    for (const row of a!.comparisons) {
      const same = b!.comparisons.find(
        (other) => other.arm === row.arm && other.against === row.against && other.test === row.test,
      );
      expect(same?.bootstrap.low).toBeCloseTo(row.bootstrap.low, 10);
      expect(same?.p).toBeCloseTo(row.p ?? NaN, 10);
      expect(same?.verdict).toBe(row.verdict);
    }
  });

  it("seldom finds what is not there", async () => {
    let found = 0;
    const trials = 60;
    for (let seed = 0; seed < trials; seed++) {
      const accuracy = { ood: 0.7 };
      const results = madeUpStudy({
        seed,
        noise: 0.01,
        tests: { ood: { kind: "ood", size: 400 } },
        arms: [
          { arm: "all", by: "all", accuracy },
          { arm: "random", by: "random", fraction: 0.33, accuracy },
          { arm: "ambiguous", by: "ambiguous", fraction: 0.33, accuracy },
          { arm: "hard", by: "hard", fraction: 0.33, accuracy },
        ],
      });
      const { comparisons } = await analyse(results, { resamples: 300 });
      if (comparisons.some(({ family, verdict }) => family === "primary" && verdict !== "inconclusive"))
        found++;
    }
    // At most 5 % of families, within four standard errors.
    expect(found / trials).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / trials));
  });

  it("counts a difference out of distribution only where both sides are above chance", async () => {
    const results = madeUpStudy({
      tests: { hans: { kind: "ood", size: 6000, each: 20 }, id: { kind: "id", size: 6000 } },
      arms: [
        { arm: "100 %", by: "all", accuracy: { hans: 0.5, id: 0.5 } },
        { arm: "random", by: "random", fraction: 0.33, accuracy: { hans: 0.42, id: 0.42 } },
        { arm: "hard", by: "hard", fraction: 0.33, accuracy: { hans: 0.58, id: 0.58 } },
      ],
    });
    const analysis = await analyse(results, { resamples });
    expect(rowOf(analysis, "hard", "100 %", "hans")).toMatchObject({
      verdict: "inconclusive",
      because: "one side is not above chance",
      armAboveChance: true,
      againstAboveChance: false,
    });
    expect(rowOf(analysis, "hard", "100 %", "id").verdict).toBe("better");
    expect(rowOf(analysis, "random", "100 %", "hans").because).toBe("neither side is above chance");
    const states = analysis.scores.map(({ test, states }) => [test, states]);
    expect(states).toContainEqual(["hans", { "anti-learned": 5 }]);
  });

  it("calls arms equivalent only where they surely differ by less than a point", async () => {
    const study = (size: number, noise: number) =>
      madeUpStudy({
        noise,
        replicates: 8,
        tests: { ood: { kind: "ood", size } },
        arms: [
          { arm: "all", by: "all", accuracy: { ood: 0.9 } },
          { arm: "hard", by: "hard", fraction: 0.33, accuracy: { ood: 0.9 } },
        ],
      });
    const sure = await analyse(study(60_000, 0.002), { resamples: 200 });
    expect(rowOf(sure, "hard", "all", "ood").verdict).toBe("equivalent");
    // Equal on few examples is not known to be equal.
    const unsure = await analyse(study(500, 0.002), { resamples });
    expect(rowOf(unsure, "hard", "all", "ood")).toMatchObject({
      verdict: "inconclusive",
      equivalent: false,
    });
  });

  it("counts cells that went wrong, and gives the means with and without them", async () => {
    const [all, random, ambiguous, ...rest] = thirds.arms;
    const broken = { ...ambiguous!, trainAccuracy: (r: number) => (r < 2 ? 0.5 : 0.97) };
    const analysis = await analyse(madeUpStudy({ ...thirds, arms: [all!, random!, broken, ...rest] }), {
      resamples,
    });
    const row = rowOf(analysis, "ambiguous 33 %", "random 33 %", "ood");
    expect(row.armStates).toEqual({ "not-optimised": 2, ok: 3 });
    expect(row.differenceOk).not.toBeCloseTo(row.difference, 6);
    const score = analysis.scores.find(({ arm, test }) => arm === row.arm && test === "ood");
    expect(score?.accuracyOk).not.toBeCloseTo(score?.accuracy ?? 0, 6);
  });

  it("says nothing of one replicate, nor of replicates that share one map", async () => {
    const one = await analyse(madeUpStudy({ ...thirds, replicates: 1 }), { resamples: 200 });
    for (const row of one.comparisons) {
      expect(row).toMatchObject({
        verdict: "inconclusive",
        p: null,
        adjusted: null,
        t: null,
        detectable: null,
        because: "one replicate or one map says nothing of its noise",
      });
    }
    const results = madeUpStudy(thirds);
    const shared = {
      ...results,
      results: results.results.map((cell) => ({ ...cell, mapSeed: 7 })),
    };
    const analysis = await analyse(shared, { resamples: 200 });
    expect(rowOf(analysis, "ambiguous 33 %", "random 33 %", "ood").replicates).toBe(1);
    expect(rowOf(analysis, "random 33 %", "100 %", "ood").replicates).toBe(5);
  });
});

it("resamples often enough for Holm to leave a sure difference significant", () => {
  for (const comparisons of [1, 14, 70, 500]) {
    const resamples = enoughResamples(comparisons, 0.05);
    expect((comparisons * 2) / (resamples + 1)).toBeLessThan(0.05);
  }
  expect(enoughResamples(14, 0.05)).toBe(4000);
});
