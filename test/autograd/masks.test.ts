import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskPool } from "../../src/autograd/masks.js";

const numbersOf = (mask: Float32Array) => Array.from(mask);

describe("dropout masks", () => {
  it.each([0.1, 0.5, 0.9])("at rate %d have that share of zeros and mean 1", (rate) => {
    const length = 100_000;
    const mask = new MaskPool(3, rate).mask(length, 0, 0);
    const zeros = mask.filter((x) => x === 0).length / length;
    const kept = Math.fround(1 / (1 - rate));
    // Five standard deviations of a share among 100,000.
    expect(Math.abs(zeros - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / length));
    expect(mask.every((x) => x === 0 || x === kept)).toBe(true);
    expect(Math.abs((1 - zeros) * kept - 1)).toBeLessThan(
      (5 * Math.sqrt(rate / (1 - rate))) / Math.sqrt(length),
    );
  });

  it("are a function of seed, step, site and length alone, whatever was asked before", () => {
    const request = fc.record({
      length: fc.integer({ min: 1, max: 5000 }),
      step: fc.integer({ min: 0, max: 300 }),
      site: fc.nat(5),
    });
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.array(request, { maxLength: 4 }),
        request,
        (seed, before, { length, step, site }) => {
          const used = new MaskPool(seed, 0.3);
          for (const one of before) used.mask(one.length, one.step, one.site);
          expect(numbersOf(used.mask(length, step, site))).toEqual(
            numbersOf(new MaskPool(seed, 0.3).mask(length, step, site)),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it("differ between steps, sites and seeds, short ones too", () => {
    const length = 16;
    const pool = new MaskPool(1, 0.5);
    const seen = new Set<string>();
    for (let step = 0; step < 20; step++)
      for (let site = 0; site < 5; site++) seen.add(pool.mask(length, step, site).join());
    seen.add(new MaskPool(2, 0.5).mask(length, 0, 0).join());
    // 101 draws among 2^16 masks: two of them alike would be no wonder, many would.
    expect(seen.size).toBeGreaterThan(97);
  });

  it("are drawn anew every 128 steps", () => {
    const pool = new MaskPool(1, 0.5);
    const first = numbersOf(pool.mask(4096, 0, 0));
    expect(numbersOf(pool.mask(4096, 128, 0))).not.toEqual(first);
    expect(numbersOf(pool.mask(4096, 0, 0))).toEqual(first);
  });
});
