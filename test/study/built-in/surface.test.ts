/** The mathematics of the search and of stability, against plain definitions. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quadraticTerms, simplexGrid, simplexLattice } from "../../../src/study/built-in/mixture-design.js";
import { spearman } from "../../../src/study/built-in/rank-correlation.js";
import { bestRegion, fitSurface } from "../../../src/study/built-in/response-surface.js";
import { sharedPart } from "../../../src/study/built-in/stability-table.js";

describe("mixtures", () => {
  it("are on the simplex, each once, as many as there should be", () => {
    for (const [q, lattice, grid] of [
      [2, 3, 11],
      [3, 7, 66],
      [4, 11, 286],
    ] as const) {
      for (const [points, size] of [
        [simplexLattice(q), lattice],
        [simplexGrid(10, q), grid],
      ] as const) {
        expect(points).toHaveLength(size);
        expect(new Set(points.map(String)).size).toBe(size);
        for (const point of points) {
          expect(point).toHaveLength(q);
          expect(point.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        }
      }
    }
  });
});

const coefficient = fc.double({ min: -1, max: 1, noNaN: true });

describe("the surface", () => {
  it("finds a quadratic through the lattice again, whatever luck the replicates had", () => {
    fc.assert(
      fc.property(
        fc.array(coefficient, { minLength: 10, maxLength: 10 }),
        fc.array(coefficient, { minLength: 1, maxLength: 4 }),
        (coefficients, luck) => {
          const mean = luck.reduce((a, b) => a + b, 0) / luck.length;
          const value = (shares: readonly number[]): number =>
            quadraticTerms(shares).reduce((sum, term, k) => sum + term * (coefficients[k] ?? 0), 0);
          const cells = luck.flatMap((offset, replicate) =>
            simplexLattice().map((shares) => ({ shares, replicate, value: value(shares) + offset - mean })),
          );
          const surface = fitSurface(cells);
          surface?.coefficients.forEach((found, k) => expect(found).toBeCloseTo(coefficients[k] ?? 0, 8));
          expect(surface?.residual).toBeLessThan(1e-8);
          for (const shares of simplexGrid(5))
            expect(surface?.predict(shares).value).toBeCloseTo(value(shares), 8);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("has the textbook's standard error at a corner that was seen n times alone", () => {
    // Two components, only the corners and the middle, three replicates without offsets of their own.
    const noise = [0.1, -0.1, 0, 0.05, -0.05, 0, 0.2, -0.2, 0];
    const points = [
      [1, 0],
      [0, 1],
      [0.5, 0.5],
    ];
    const cells = points.flatMap((shares, at) =>
      [0, 1, 2].map((k) => ({ shares, replicate: 0, value: at + (noise[3 * at + k] ?? 0) })),
    );
    const surface = fitSurface(cells);
    // Saturated: three coefficients for three points, so that the pure error is what is left.
    const pure = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / 6);
    expect(surface?.residual).toBeCloseTo(pure, 12);
    expect(surface?.predict([1, 0]).error).toBeCloseTo(pure / Math.sqrt(3), 12);
  });

  it("cannot be laid through too few mixtures", () => {
    expect(fitSurface([])).toBeNull();
    expect(fitSurface([{ shares: [1, 0, 0, 0], replicate: 0, value: 1 }])).toBeNull();
  });

  it("names the best and what cannot be told from it", () => {
    const cells = simplexLattice(2).flatMap((shares) =>
      [0.01, -0.01].map((noise, replicate) => ({
        shares,
        replicate: replicate % 1,
        value: 4 * (shares[0] ?? 0) * (shares[1] ?? 0) + noise,
      })),
    );
    const surface = fitSurface(cells);
    if (surface === null) throw new Error("no surface");
    const region = bestRegion(surface, 2);
    expect(region.best).toEqual([0.5, 0.5]);
    expect(region.ranges[0]?.[0]).toBeLessThanOrEqual(0.5);
    expect(region.share).toBeGreaterThan(0);
    expect(region.share).toBeLessThan(1);
  });
});

describe("stability", () => {
  it("correlates ranks as Pearson does on ranks that are counted one by one", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(values, (pairs) => {
        const rank =
          (all: readonly number[]) =>
          (value: number): number =>
            all.filter((other) => other < value).length +
            (all.filter((other) => other === value).length - 1) / 2;
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const [rx, ry] = [x.map(rank(x)), y.map(rank(y))];
        const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
        const sum = (f: (i: number) => number): number => rx.reduce((total, _, i) => total + f(i), 0);
        const [mx, my] = [mean(rx), mean(ry)];
        const both = sum((i) => ((rx[i] ?? 0) - mx) * ((ry[i] ?? 0) - my));
        const scale = Math.sqrt(sum((i) => ((rx[i] ?? 0) - mx) ** 2) * sum((i) => ((ry[i] ?? 0) - my) ** 2));
        const found = spearman(Float64Array.from(x), Float64Array.from(y));
        if (scale === 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(both / scale, 10);
      }),
    );
    expect(spearman(Float64Array.of(1, 2, NaN, 3), Float64Array.of(3, 2, 1, 1))).toBeCloseTo(-1, 12);
  });

  it("counts what two selections share", () => {
    expect(sharedPart(new Set([1, 2, 3, 4]), new Set([3, 4, 5, 6]))).toBe(0.5);
    expect(sharedPart(new Set([1]), new Set([1]))).toBe(1);
  });
});
