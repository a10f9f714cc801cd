import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  incompleteBeta,
  logGamma,
  studentCdf,
  studentQuantile,
  studentTwoSided,
} from "../../../src/study/statistics/student.js";

describe("Student's t", () => {
  it.each([
    [0.9, 1, 3.07768353717525],
    [0.975, 1, 12.7062047361747],
    [0.975, 2, 4.30265272974946],
    [0.9, 4, 1.53320627405894],
    [0.975, 4, 2.77644510519779],
    [0.995, 4, 4.60409487135],
    [0.975, 9, 2.2621571628541],
    [0.975, 29, 2.0452296421327],
    [0.975, 1000, 1.96233908082641],
    [0.025, 4, -2.77644510519779],
  ])("has the tabulated quantile %d of %d degrees", (p, df, t) =>
    expect(studentQuantile(p, df)).toBeCloseTo(t, 9),
  );

  it("is its closed form with 1 to 4 degrees", () => {
    fc.assert(
      fc.property(fc.double({ min: -60, max: 60, noNaN: true }), (t) => {
        const closed = [
          0.5 + Math.atan(t) / Math.PI,
          0.5 + t / (2 * Math.sqrt(2 + t * t)),
          0.5 + (t / Math.sqrt(3) / (1 + (t * t) / 3) + Math.atan(t / Math.sqrt(3))) / Math.PI,
          0.5 + (3 / 8) * (t / Math.sqrt(1 + (t * t) / 4)) * (1 - (t * t) / (1 + (t * t) / 4) / 12),
        ];
        closed.forEach((value, i) => expect(studentCdf(t, i + 1)).toBeCloseTo(value, 9));
      }),
      // So near to 0 that its square is nothing beside the degrees of freedom.
      { examples: [[-1.3333333696389596e-9], [1e-9], [0]] },
    );
  });

  it("turns quantiles back into probabilities, and both tails into twice one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 3000 }),
        (p, df) => {
          const t = studentQuantile(p, df);
          expect(studentCdf(t, df)).toBeCloseTo(p, 10);
          expect(studentTwoSided(t, df)).toBeCloseTo(2 * Math.min(p, 1 - p), 10);
        },
      ),
    );
  });
});

describe("gamma and beta", () => {
  it("logGamma is the log of factorials", () => {
    let factorial = 1;
    for (let n = 1; n <= 30; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 9);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  });

  it("of whole numbers the incomplete beta is a binomial tail", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, x) => {
          const n = a + b - 1;
          let tail = 0;
          for (let k = a; k <= n; k++) tail += choose(n, k) * x ** k * (1 - x) ** (n - k);
          expect(incompleteBeta(x, a, b)).toBeCloseTo(tail, 11);
        },
      ),
    );
  });
});

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}
