import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptLogits, topLogits } from "../../src/run/top-logits.js";

const logit = fc.oneof(
  fc.float({ min: -50, max: 50, noNaN: true }).map(Math.fround),
  fc.constantFrom(-1, 0, 2),
);

describe("topLogits", () => {
  it("is the head of the row sorted by logit, then label, with the normaliser of the whole row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(logit, { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 8 }),
        (rows) => {
          const widths = Int32Array.from(rows, (row) => row.length);
          const top = topLogits({ values: Float32Array.from(rows.flat()), widths }, rows.length);
          const sorted = rows.map((row) =>
            [...row.entries()].sort(([j, a], [k, b]) => b - a || j - k).slice(0, keptLogits),
          );
          expect([...(top.widths as Int32Array)]).toEqual(sorted.map((kept) => kept.length));
          expect([...top.labels]).toEqual(sorted.flatMap((kept) => kept.map(([label]) => label)));
          // + 0: a zero's sign does not matter.
          expect([...top.logits].map((value) => value + 0)).toEqual(
            sorted.flatMap((kept) => kept.map(([, value]) => value + 0)),
          );
          rows.forEach((row, i) => {
            const expected = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
            // Half a unit in the last place of a float32 of this size, twice.
            expect(Math.abs((top.logSumExp[i] ?? NaN) - expected)).toBeLessThanOrEqual(
              1.2e-7 * Math.abs(expected) + 1e-7,
            );
          });
        },
      ),
    );
  });

  it("has one width where the rows have", () => {
    const top = topLogits({ values: Float32Array.of(1, 3, 2, 6, 5, 4), widths: 3 }, 2);
    expect(top.widths).toBe(3);
    expect([...top.labels]).toEqual([1, 2, 0, 0, 1, 2]);
    expect([...top.logits]).toEqual([3, 2, 1, 6, 5, 4]);
  });
});
