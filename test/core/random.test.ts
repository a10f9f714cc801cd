import { expect, it } from "vitest";
import fc from "fast-check";
import { deriveSeed, hashId, hashText, Random } from "../../src/core/random.js";

it("gives the same numbers for the same seed on every machine", () => {
  const random = new Random(7);
  const drawn = [random.uint32(), random.uint32(), random.uint32()];
  const again = new Random(7);
  expect(drawn).toEqual(drawn.map(() => again.uint32()));
  expect(drawn).toMatchInlineSnapshot(`
    [
      210494603,
      711084892,
      3993689120,
    ]
  `);
  expect(hashId("4734364258184", 3)).toMatchInlineSnapshot(`1365179200745545`);
});

it("shuffles to a permutation", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, n) => {
      expect(Array.from(new Random(seed).permutation(n)).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    }),
  );
});

it("draws evenly: chi-square of 64 cells under its 0.1 % critical value", () => {
  const random = new Random(1);
  const draws = 64_000;
  const cells = new Array<number>(64).fill(0);
  for (let i = 0; i < draws; i++) cells[random.below(64)]! += 1;
  const chi2 = cells.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  expect(chi2).toBeLessThan(103.4);
});

it("has normal deviates of mean 0 and deviation 1, within four standard errors", () => {
  const random = new Random(2);
  const n = 100_000;
  const values = Array.from({ length: n }, () => random.normal());
  const mean = values.reduce((a, b) => a + b) / n;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
});

it("hashes ids without collisions among a million, and differently under each seed", () => {
  const seen = new Set<number>();
  for (let i = 0; i < 1_000_000; i++) seen.add(hashId(String(i), 0));
  expect(seen.size).toBe(1_000_000);
  expect(hashText("a", 1)).not.toBe(hashText("a", 2));
  expect(deriveSeed(1, "shuffle")).not.toBe(deriveSeed(1, "dropout"));
});
