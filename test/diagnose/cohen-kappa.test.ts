/** Cohen's kappa by hand, and against its definition. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { cohenKappa } from "../../src/diagnose/measure/cohen-kappa.js";

it("by hand: 50 judged, 35 alike, 26 expected by chance (Cohen 1960's form)", () => {
  const pairs = [...Array<[number, number]>(20).fill([0, 0]), ...Array<[number, number]>(5).fill([0, 1])];
  pairs.push(...Array<[number, number]>(10).fill([1, 0]), ...Array<[number, number]>(15).fill([1, 1]));
  const kappa = cohenKappa(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  );
  // Chance: .5 x .6 + .5 x .4 = .5.
  expect(kappa).toBeCloseTo((0.7 - 0.5) / 0.5, 12);
});

it("null of nothing, and where both always said the same one thing", () => {
  expect(cohenKappa([], [])).toBeNull();
  expect(cohenKappa([-1, 2], [0, NaN])).toBeNull();
  expect(cohenKappa([1, 1], [1, 1])).toBeNull();
});

it("is its definition over the pairs that both judged, and the same whoever comes first", () => {
  const judged = fc.integer({ min: -1, max: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(judged, judged), { maxLength: 40 }), (pairs) => {
      const both = pairs.filter(([a, b]) => a >= 0 && b >= 0);
      const n = both.length;
      const share = (of: (pair: readonly [number, number]) => boolean): number => both.filter(of).length / n;
      const chance = [0, 1, 2, 3, 4].reduce(
        (sum, k) => sum + share(([a]) => a === k) * share(([, b]) => b === k),
        0,
      );
      const [first, second] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const kappa = cohenKappa(first, second);
      if (n === 0 || chance > 1 - 1e-12) {
        expect(kappa).toBeNull();
        return;
      }
      expect(kappa).toBeCloseTo((share(([a, b]) => a === b) - chance) / (1 - chance), 9);
      expect(cohenKappa(second, first)).toBeCloseTo(kappa!, 9);
    }),
  );
});
