import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogram, mapDensity } from "../../src/plot/density.js";

const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.5, 1, NaN, Infinity, -Infinity, 1.5, -0.1),
);
const examples = fc.array(fc.record({ confidence: share, variability: share, correctness: share }), {
  maxLength: 60,
});
const grid = fc.record({
  columns: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 1, max: 9 }),
  end: fc.constantFrom(0.1, 0.5, 1),
});

function columnsOf<K extends string>(rows: readonly Readonly<Record<K, number>>[], keys: readonly K[]) {
  return Object.fromEntries(keys.map((key) => [key, Float64Array.from(rows, (row) => row[key])])) as Record<
    K,
    Float64Array
  >;
}

describe("the density of a map", () => {
  it("counts each example with a place in its cell, as the plain definition does", () => {
    fc.assert(
      fc.property(examples, grid, (rows, { columns, rows: down, end }) => {
        const got = mapDensity(
          columnsOf(rows, ["confidence", "variability", "correctness"]),
          { from: 0, to: end },
          { from: 0, to: 1 },
          columns,
          down,
        );
        const wanted = new Map<number, { n: number; known: number; sum: number }>();
        let placed = 0;
        for (const { confidence, variability, correctness } of rows) {
          const inUnit = (value: number): boolean => value >= 0 && value <= 1;
          if (!inUnit(confidence) || !inUnit(variability)) continue;
          placed++;
          const column = Math.min(columns - 1, Math.floor(variability * (columns / end)));
          const row = Math.min(down - 1, Math.floor(confidence * down));
          const cell = wanted.get(row * columns + column) ?? { n: 0, known: 0, sum: 0 };
          wanted.set(row * columns + column, cell);
          cell.n++;
          if (correctness >= 0) {
            cell.known++;
            cell.sum += correctness;
          }
        }
        expect(got.counts.reduce((sum, n) => sum + n, 0)).toBe(placed);
        expect(got.most).toBe(Math.max(0, ...[...wanted.values()].map(({ n }) => n)));
        got.counts.forEach((n, index) => {
          const cell = wanted.get(index) ?? { n: 0, known: 0, sum: 0 };
          expect([n, got.known[index], got.correctness[index]]).toEqual([cell.n, cell.known, cell.sum]);
        });
      }),
    );
  });

  it("bins values as the plain definition does, the last bin closed", () => {
    fc.assert(
      fc.property(fc.array(share), fc.integer({ min: 1, max: 30 }), (values, bins) => {
        const got = histogram(Float64Array.from(values), { from: 0, to: 1 }, bins);
        const wanted = Array.from({ length: bins }, (_, bin) => {
          const belongs = (value: number): boolean =>
            value >= 0 && value <= 1 && Math.min(bins - 1, Math.floor(value * bins)) === bin;
          return values.filter(belongs).length;
        });
        expect([...got]).toEqual(wanted);
        expect(got.reduce((sum, n) => sum + n, 0)).toBe(
          values.filter((value) => value >= 0 && value <= 1).length,
        );
      }),
    );
  });
});
