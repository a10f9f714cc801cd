import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Random } from "../../../src/core/random.js";
import { deviation, mean } from "../../../src/study/statistics/moments.js";
import { equivalence, pairedT, smallestDetectable } from "../../../src/study/statistics/paired-t.js";

/** Four standard errors of a share from `trials` trials: a right share leaves it once in 15,000 runs, and the seed is fixed. */
const binomialError = (share: number, trials: number): number =>
  4 * Math.sqrt((share * (1 - share)) / trials);

function simulate(
  trials: number,
  n: number,
  centre: number,
  count: (differences: number[]) => boolean,
): number {
  const random = new Random(11);
  let hits = 0;
  for (let i = 0; i < trials; i++)
    if (count(Array.from({ length: n }, () => centre + 0.02 * random.normal()))) hits++;
  return hits / trials;
}

describe("the paired t test", () => {
  it("is Student's own example: two soporifics, ten patients", () => {
    // Student 1908, The Probable Error of a Mean: mean 1.58, t = 4.0621, p (two-sided) = .00283.
    const { mean: centre, p, interval } = pairedT([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]);
    expect(centre).toBeCloseTo(1.58, 12);
    expect(p).toBeCloseTo(0.00283289, 8);
    expect(interval?.low).toBeCloseTo(0.7001142, 6);
    expect(interval?.high).toBeCloseTo(2.4598858, 6);
  });

  it("covers the true difference as often as it says, with five replicates", () => {
    const trials = 4000;
    const covered = simulate(trials, 5, 0.03, (differences) => {
      const { interval } = pairedT(differences);
      return interval !== null && interval.low <= 0.03 && interval.high >= 0.03;
    });
    expect(Math.abs(covered - 0.95)).toBeLessThan(binomialError(0.95, trials));
  });

  it("p is below .05 exactly where the interval leaves 0 out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 }),
        (values) => {
          const { p, interval } = pairedT(values);
          if (interval === null || p === null) throw new Error("no interval");
          if (Math.abs(p - 0.05) > 1e-9) expect(p < 0.05).toBe(interval.low > 0 || interval.high < 0);
        },
      ),
    );
  });

  it("says what it can of one replicate, of none, and of equal ones", () => {
    expect(pairedT([0.1])).toEqual({ n: 1, mean: 0.1, deviation: NaN, interval: null, p: null });
    expect(pairedT([]).mean).toBeNaN();
    expect(pairedT([0.1, 0.1, 0.1])).toMatchObject({ deviation: 0, p: 0 });
    expect(pairedT([0, 0, 0])).toMatchObject({ deviation: 0, p: 1, interval: { low: 0, high: 0 } });
  });
});

describe("equivalence", () => {
  it("is claimed of a difference on the margin as often as alpha allows", () => {
    const trials = 4000;
    const claimed = simulate(trials, 8, 0.03, (d) => (equivalence(d, 0.03) ?? 1) < 0.05);
    expect(Math.abs(claimed - 0.05)).toBeLessThan(binomialError(0.05, trials));
  });

  it("holds where the 90 % interval lies inside the margin, and nowhere else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: 2, maxLength: 9 }),
        (values) => {
          const { interval } = pairedT(values, 0.9);
          const p = equivalence(values, 0.01);
          if (interval === null || p === null) throw new Error("no interval");
          if (Math.abs(p - 0.05) > 1e-9) expect(p < 0.05).toBe(interval.low > -0.01 && interval.high < 0.01);
        },
      ),
    );
    expect(equivalence([0.004, 0.004], 0.01)).toBe(0);
    expect(equivalence([0.02, 0.02], 0.01)).toBe(1);
    expect(equivalence([0.004], 0.01)).toBeNull();
  });
});

describe("the smallest detectable difference", () => {
  it.each([5, 10, 30])("is found in about four of five studies of %i replicates", (n) => {
    const trials = 4000;
    const found = simulate(trials, n, smallestDetectable(0.02, n), (d) => (pairedT(d).p ?? 1) < 0.05);
    // The formula takes central quantiles: with five replicates it errs by up to two points of power.
    expect(Math.abs(found - 0.8)).toBeLessThan(binomialError(0.8, trials) + 0.02);
  });

  it("is not known of one replicate", () => expect(smallestDetectable(NaN, 1)).toBeNaN());
});

describe("mean and deviation", () => {
  it("are the textbook's", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(deviation([1, 2, 6])).toBeCloseTo(Math.sqrt(7), 12);
    expect(mean([])).toBeNaN();
    expect(deviation([4])).toBeNaN();
    expect(deviation([0.1, 0.1, 0.1])).toBe(0);
  });
});
