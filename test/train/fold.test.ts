import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignFolds, unitCount } from "../../src/train/fold.js";

/** Rows with a label and a unit; `pure`: all rows of a unit have one label. */
const rows = (pure: boolean) =>
  fc
    .array(fc.record({ label: fc.nat(3), unit: fc.nat(40) }), { minLength: 1, maxLength: 120 })
    .map((list) => {
      const labelOf = new Map(list.map(({ unit, label }) => [unit, label]));
      return {
        ids: list.map((_, row) => `id${row}`),
        gold: Int32Array.from(list, ({ unit, label }) => (pure ? (labelOf.get(unit) ?? 0) : label)),
        units: Int32Array.from(list, ({ unit }) => unit),
      };
    });
const request = (pure: boolean) =>
  fc
    .record({ data: rows(pure), folds: fc.integer({ min: 2, max: 8 }), seed: fc.nat() })
    .filter(({ data, folds }) => unitCount(data.units, data.ids.length) >= folds);

describe("assignFolds", () => {
  it("puts every row in one fold, leaves no fold empty, keeps units whole", () => {
    fc.assert(
      fc.property(request(false), ({ data, folds, seed }) => {
        const assigned = assignFolds({ ...data, folds, seed });
        expect(assigned).toHaveLength(data.ids.length);
        expect([...new Set(assigned)].sort()).toEqual(Array.from({ length: folds }, (_, fold) => fold));
        const ofUnit = new Map<number, number>();
        data.units.forEach((unit, row) => {
          const fold = assigned[row] ?? -1;
          expect(ofUnit.get(unit) ?? fold).toBe(fold);
          ofUnit.set(unit, fold);
        });
      }),
    );
  });

  it("spreads each label within the stated bound: its largest unit", () => {
    fc.assert(
      fc.property(request(true), ({ data, folds, seed }) => {
        const assigned = assignFolds({ ...data, folds, seed });
        for (const label of new Set(data.gold)) {
          const inFold = new Array<number>(folds).fill(0);
          const unitSizes = new Map<number, number>();
          data.gold.forEach((gold, row) => {
            if (gold !== label) return;
            inFold[assigned[row] ?? -1]!++;
            unitSizes.set(data.units[row] ?? -1, (unitSizes.get(data.units[row] ?? -1) ?? 0) + 1);
          });
          expect(Math.max(...inFold) - Math.min(...inFold)).toBeLessThanOrEqual(
            Math.max(...unitSizes.values()),
          );
        }
      }),
    );
  });

  it("spreads each label evenly to one where examples stand alone", () => {
    fc.assert(
      fc.property(request(false), ({ data, folds, seed }) => {
        fc.pre(data.ids.length >= folds);
        const assigned = assignFolds({ ...data, units: null, folds, seed });
        for (const label of new Set(data.gold)) {
          const inFold = new Array<number>(folds).fill(0);
          data.gold.forEach((gold, row) => gold === label && inFold[assigned[row] ?? -1]!++);
          expect(Math.max(...inFold) - Math.min(...inFold)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(request(false), fc.nat(), ({ data, folds, seed }, turn) => {
        const n = data.ids.length;
        // Reversed and rotated: positions and first appearances of units change.
        const order = Array.from({ length: n }, (_, i) => (turn + n - 1 - i) % n);
        const moved = {
          ids: order.map((row) => data.ids[row] ?? ""),
          gold: Int32Array.from(order, (row) => data.gold[row] ?? 0),
          units: Int32Array.from(order, (row) => 1000 - (data.units[row] ?? 0)),
        };
        const before = assignFolds({ ...data, folds, seed });
        const after = assignFolds({ ...moved, folds, seed });
        expect([...after]).toEqual(order.map((row) => before[row]));
      }),
    );
  });

  it("depends on the seed", () => {
    const ids = Array.from({ length: 60 }, (_, row) => `id${row}`);
    const plain = { ids, gold: new Int32Array(60), units: null, folds: 3 };
    expect(assignFolds({ ...plain, seed: 1 })).not.toEqual(assignFolds({ ...plain, seed: 2 }));
    expect(assignFolds({ ...plain, seed: 1 })).toEqual(assignFolds({ ...plain, seed: 1 }));
  });
});
