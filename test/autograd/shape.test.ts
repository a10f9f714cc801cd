import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  broadcast,
  namesIn,
  product,
  shapeIn,
  sizeIn,
  solveSizes,
  type Size,
} from "../../src/autograd/shape.js";

const name = fc.constantFrom("batch", "length", "heads");
const size: fc.Arbitrary<Size> = fc.oneof(fc.integer({ min: 1, max: 9 }), name);
const shape = fc.array(size, { maxLength: 4 });
const sizes = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  length: fc.integer({ min: 1, max: 9 }),
  heads: fc.integer({ min: 1, max: 9 }),
});

describe("product", () => {
  it("does not depend on order or grouping, and stands for the product of the numbers", () => {
    fc.assert(
      fc.property(shape, shape, sizes, (a, b, numbers) => {
        expect(product([...a, ...b])).toBe(product([...b, ...a]));
        expect(product([product(a), product(b)])).toBe(product([...a, ...b]));
        expect(sizeIn(product(a), numbers)).toBe(shapeIn(a, numbers).reduce((x, y) => x * y, 1));
      }),
    );
  });

  it("is written factor first, names in order", () => {
    expect(product(["length", 3, "batch", 2])).toBe("6*batch*length");
    expect(product([])).toBe(1);
    expect(product(["batch", 0])).toBe(0);
  });
});

describe("broadcast", () => {
  it("is that of NumPy: symmetric, 1 gives way, a name fits itself alone", () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(broadcast(a, b)).toEqual(broadcast(b, a));
        expect(broadcast(a, a)).toEqual(a);
      }),
    );
    expect(broadcast(["batch", 1, 3], ["length", 1])).toEqual(["batch", "length", 3]);
    expect(broadcast(["batch", 2], ["length", 2])).toBeNull();
    expect(broadcast(["batch"], [4])).toBeNull();
  });
});

describe("solveSizes", () => {
  it("finds the sizes that arrays of any shapes were made with, where it finds any", () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 4 }), sizes, (shapes, numbers) => {
        const lengths = shapes.map((one) => [one, shapeIn(one, numbers).reduce((x, y) => x * y, 1)] as const);
        const found = solveSizes(lengths);
        const names = new Set(shapes.flatMap((one) => namesIn(product(one))));
        if (found !== null) for (const one of names) expect(found[one]).toBe(numbers[one as "batch"]);
        // All but one being known, none can stay open, unless the last one occurs as a power.
        const known = { batch: numbers.batch, length: numbers.length };
        const powers = shapes.some((one) => namesIn(product(one)).filter((n) => n === "heads").length > 1);
        if (!powers) expect(solveSizes(lengths, known)).not.toBeNull();
      }),
    );
  });

  it("solves one by another, and gives up where one stays open", () => {
    const mask = [["batch", "length"], 12] as const;
    expect(solveSizes([mask, [["batch"], 3]])).toEqual({ batch: 3, length: 4 });
    expect(solveSizes([mask], { batch: 2 })).toEqual({ batch: 2, length: 6 });
    expect(solveSizes([mask])).toBeNull();
  });

  it("finds none where lengths disagree, with one another or with what is known", () => {
    expect(
      solveSizes([
        [["batch", "length"], 13],
        [["batch"], 3],
      ]),
    ).toBeNull();
    expect(
      solveSizes([
        [["batch"], 3],
        [["batch", 2], 8],
      ]),
    ).toBeNull();
    expect(solveSizes([[["batch"], 3]], { batch: 4 })).toBeNull();
    expect(solveSizes([[[4], 3]])).toBeNull();
    expect(solveSizes([[["batch", 0], 3]])).toBeNull();
  });
});
