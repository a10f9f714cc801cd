import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Random } from "../../../src/core/random.js";
import {
  bootstrapP,
  percentileInterval,
  resampleAccuracies,
  resampleMeans,
} from "../../../src/study/statistics/bootstrap.js";
import { mean } from "../../../src/study/statistics/moments.js";
import { outcomeSums } from "../../../src/study/statistics/outcome-sums.js";

const binomialError = (share: number, trials: number): number =>
  4 * Math.sqrt((share * (1 - share)) / trials);

/** Replicates of two arms: seeds, examples and clusters each with a noise of their own; `gain` in probability. */
function simulateStudy(
  random: Random,
  shape: { replicates: number; clusters: number; each: number; gain: number; seedNoise: number },
) {
  const { replicates, clusters, each, gain, seedNoise } = shape;
  const cluster = Int32Array.from({ length: clusters * each }, (_, i) => Math.floor(i / each));
  const hardness = Array.from({ length: clusters }, () => 0.2 * (random.unit() - 0.5));
  const favour = Array.from({ length: clusters }, () => 0.3 * (random.unit() - 0.5));
  const draw = (p: (c: number) => number): Uint8Array =>
    Uint8Array.from(cluster, (c) => (random.unit() < p(c) ? 1 : 0));
  const outcomes: Uint8Array[] = [];
  for (let r = 0; r < replicates; r++) {
    const [a, b] = [seedNoise * random.normal(), seedNoise * random.normal()];
    outcomes.push(draw((c) => 0.6 + gain + a + hardness[c]! + favour[c]!));
    outcomes.push(draw((c) => 0.6 + b + hardness[c]!));
  }
  return { outcomes, cluster };
}

const pairs = (replicates: number) =>
  Array.from({ length: replicates }, (_, r) => ({ cells: [2 * r], against: [2 * r + 1] }));

function coverage(trials: number, shape: Parameters<typeof simulateStudy>[1], clustered: boolean): number {
  const random = new Random(3);
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { outcomes, cluster } = simulateStudy(random, shape);
    const sums = outcomeSums(outcomes, clustered ? cluster : null);
    const resampled = resampleAccuracies(sums, { resamples: 300, seed: trial });
    const { low, high } = percentileInterval(resampleMeans(resampled, pairs(shape.replicates), trial + 1));
    if (low <= shape.gain && shape.gain <= high) covered++;
  }
  return covered / trials;
}

describe("the bootstrap of paired differences", () => {
  it("covers the true difference as often as it says, where clusters make the noise", () => {
    const trials = 300;
    const shape = { replicates: 5, clusters: 60, each: 5, gain: 0.03, seedNoise: 0.003 };
    expect(Math.abs(coverage(trials, shape, true) - 0.95)).toBeLessThan(binomialError(0.95, trials));
    // Taking examples of one cluster for independent is what the clusters are there against.
    expect(coverage(trials, { ...shape, each: 40, clusters: 20 }, false)).toBeLessThan(
      0.95 - binomialError(0.95, trials),
    );
  });

  it("covers it with many replicates, where seeds make the noise", () => {
    const trials = 400;
    const shape = { replicates: 20, clusters: 100, each: 1, gain: 0.03, seedNoise: 0.05 };
    const covered = coverage(trials, shape, true);
    expect(covered).toBeGreaterThan(0.95 - binomialError(0.95, trials));
    // Owen's bootstrap counts the noise of single answers up to three times: wide, never narrow.
    expect(covered).toBeLessThanOrEqual(1);
  });

  it("has the spread of a mean of replicates, also of five: n - 1 are drawn", () => {
    const values = [0.1, 0.15, 0.4, 0.7, 0.95];
    const resampled = {
      resamples: 20_000,
      cells: 5,
      values: Float64Array.from({ length: 100_000 }, (_, i) => values[i % 5]!),
    };
    const means = resampleMeans(
      resampled,
      values.map((_, i) => ({ cells: [i], against: [] })),
      1,
    );
    const centre = mean([...means]);
    const variance = mean([...means].map((m) => (m - centre) ** 2));
    const sample = values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / 4;
    expect(centre).toBeCloseTo(mean(values), 2);
    expect(variance / (sample / 5)).toBeCloseTo(1, 1);
  });

  it("is what its plain definition is: the accuracy over the drawn clusters' examples", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
        fc.nat(1000),
        (cells, labels, seed) => {
          const dense = [...new Set(labels)];
          const cluster = Int32Array.from(labels, (label) => dense.indexOf(label));
          const random = new Random(seed);
          const outcomes = Array.from({ length: cells }, () => cluster.map(() => random.below(2)));
          const correct = outcomes.map((own) => Uint8Array.from(own));
          const { values } = resampleAccuracies(outcomeSums(correct, cluster), { resamples: 5, seed });
          const drawn = new Random(seed);
          for (let b = 0; b < 5; b++) {
            const draws = Array.from({ length: Math.max(1, dense.length - 1) }, () =>
              drawn.below(dense.length),
            );
            const examples = draws.flatMap((c) => labels.map((_, i) => i).filter((i) => cluster[i] === c));
            for (let k = 0; k < cells; k++) {
              const right = examples.filter((i) => correct[k]![i] === 1).length;
              expect(values[b * cells + k]).toBeCloseTo(right / examples.length, 12);
            }
          }
        },
      ),
    );
  });

  it("draws examples as a binomial does: the spread of one cell's accuracy", () => {
    const outcome = Uint8Array.from({ length: 500 }, (_, i) => (i % 4 === 0 ? 0 : 1));
    const { values } = resampleAccuracies(outcomeSums([outcome], null), { resamples: 5000, seed: 4 });
    const centre = mean([...values]);
    const variance = mean([...values].map((v) => (v - centre) ** 2));
    expect(centre).toBeCloseTo(0.75, 2);
    expect(variance / ((0.75 * 0.25) / 499)).toBeCloseTo(1, 1);
  });

  it("is paired: arms that answer alike differ by nothing in every resample", () => {
    const random = new Random(2);
    const outcome = Uint8Array.from({ length: 200 }, () => random.below(2));
    const sums = outcomeSums([outcome, outcome.slice()], null);
    const means = resampleMeans(
      resampleAccuracies(sums, { resamples: 200, seed: 1 }),
      [{ cells: [0], against: [1] }],
      1,
    );
    expect([...means].every((value) => value === 0)).toBe(true);
    expect(bootstrapP(means)).toBe(1);
  });

  it("gives the same again, and other numbers for another seed", () => {
    const random = new Random(9);
    const sums = outcomeSums(
      [0, 1].map(() => Uint8Array.from({ length: 50 }, () => random.below(2))),
      null,
    );
    const draw = (seed: number) => [...resampleAccuracies(sums, { resamples: 20, seed }).values];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe("sums by cluster", () => {
  it("are those of the examples, whatever their order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 40 }),
        (rows) => {
          const dense = new Map<number, number>();
          const cluster = Int32Array.from(rows, ([c]) => {
            if (!dense.has(c)) dense.set(c, dense.size);
            return dense.get(c)!;
          });
          const outcomes = [1, 2].map((at) => Uint8Array.from(rows, (row) => (row[at] ? 1 : 0)));
          const { kind, right, size, clusters, cells } = outcomeSums(outcomes, cluster);
          expect(clusters).toBe(dense.size);
          for (let c = 0; c < clusters; c++) {
            const members = rows.map((_, i) => i).filter((i) => cluster[i] === c);
            expect(size[kind[c]!]).toBe(members.length);
            for (let k = 0; k < cells; k++)
              expect(right[kind[c]! * cells + k]).toBe(members.reduce((sum, i) => sum + outcomes[k]![i]!, 0));
          }
        },
      ),
    );
  });

  it("refuses outcomes of different lengths", () =>
    expect(() => outcomeSums([new Uint8Array(3), new Uint8Array(4)], null)).toThrow("internal:"));
});

describe("percentiles and p", () => {
  it("are the textbook's", () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => 100 - i);
    const { low, high } = percentileInterval(values, 0.9);
    expect([low, high]).toEqual([expect.closeTo(5, 9), expect.closeTo(95, 9)]);
    expect(bootstrapP(Float64Array.from([1, 2, 3]))).toBe(0.5);
    expect(bootstrapP(Float64Array.from({ length: 999 }, () => 1))).toBeCloseTo(2 / 1000, 12);
    expect(bootstrapP(Float64Array.from([-1, 1, 2, 3, 4, 5, 6, 7, 8]))).toBeCloseTo(0.4, 12);
  });
});
