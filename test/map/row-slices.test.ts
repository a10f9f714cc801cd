import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowSlices } from "../../src/map/row-slices.js";
import { partRows } from "../../src/run/layout.js";
import { groupRows } from "../../src/run/table-file.js";

describe("rowSlices", () => {
  it("covers all rows in their order, each slice in one part, cut where row groups meet", () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 18 }),
      fc.integer({ min: 1, max: 2 ** 27 }),
      fc.constantFrom(partRows - 1, partRows, partRows + 1, 3 * partRows),
    );
    fc.assert(
      fc.property(size, (size) => {
        const slices = rowSlices(size);
        expect(slices[0]?.first).toBe(0);
        expect(slices.at(-1)?.end).toBe(size);
        slices.forEach(({ part, first, end }, i) => {
          expect(end).toBeGreaterThan(first);
          expect(first).toBe(i === 0 ? 0 : slices[i - 1]?.end);
          expect(Math.floor(first / partRows)).toBe(part);
          expect(Math.floor((end - 1) / partRows)).toBe(part);
          expect((first - part * partRows) % groupRows).toBe(0);
        });
      }),
    );
  });

  it("gives threads something to share from half a million rows on, and is whole parts where there are many", () => {
    expect(rowSlices(67_349)).toHaveLength(1);
    expect(rowSlices(549_367).map(({ end }) => end)).toEqual([2 * groupRows, 549_367]);
    expect(rowSlices(1_000_000)).toHaveLength(4);
    expect(rowSlices(10_000_000)).toHaveLength(10);
  });
});
