import fc from "fast-check";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { sortBy } from "../../src/core/sort-by.js";

/** What it has to be: a stable sort by comparison. */
function plainly(rows: Int32Array, keys: Float64Array): number[] {
  return [...rows].sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

const special = [
  0,
  -0,
  Infinity,
  -Infinity,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  5e-324,
  -5e-324,
  1,
  -1,
  2 ** 53 - 1,
];

it("is a stable sort, of few rows and of many", () => {
  const sizes = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 4090, max: 6000 }));
  fc.assert(
    fc.property(sizes, fc.integer(), fc.constantFrom("any", "few values", "hashes"), (size, seed, kind) => {
      const random = new Random(seed >>> 0);
      const value = (): number => {
        if (kind === "few values") return special[random.below(special.length)] ?? 0;
        if (kind === "hashes") return random.below(2 ** 31) * 2 ** 22;
        return (random.below(2 ** 31) - 2 ** 30) * 10 ** (random.below(40) - 20);
      };
      const keys = Float64Array.from({ length: size }, value);
      const rows = Int32Array.from(keys, (_, row) => (row * 7 + 3) % size).filter((_, at) => at % 3 !== 1);
      const before = keys.slice();
      expect([...sortBy(rows, keys)]).toEqual(plainly(rows, keys));
      expect(keys).toEqual(before);
    }),
    { numRuns: 60 },
  );
});
