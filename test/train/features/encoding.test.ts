import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureColumn } from "../../../src/dataset/dataset.js";
import { encode, fitEncoding, inputWidth } from "../../../src/train/features/encoding.js";
import { datasetOf } from "../datasets.js";
import { problemOf } from "../problem.js";

const numeric = (name: string, ...values: number[]): FeatureColumn => ({
  name,
  kind: "numeric",
  values: Float64Array.from(values),
});
const categorical = (name: string, ...values: (string | null)[]): FeatureColumn => ({
  name,
  kind: "categorical",
  values,
});
const made = (...columns: FeatureColumn[]) =>
  datasetOf({ kind: "features", columns }, new Array<number>(columns[0]?.values.length ?? 0).fill(0));

describe("the encoding of columns", () => {
  it("standardises, marks missing numbers, and turns categories into positions", () => {
    const train = made(numeric("a", 1, 3, NaN), numeric("b", 10, 20, 30), categorical("c", "y", "x", null));
    const encoding = fitEncoding(train);
    expect(inputWidth(encoding)).toBe(6);
    const inputs = encode(encoding, train);
    // a: mean 2, deviation 1; b: mean 20, deviation sqrt(200 / 3).
    const b = 10 / Math.sqrt(200 / 3);
    expect([...inputs.dense]).toEqual([-1, -b, 1, 0, 0, b].map(Math.fround));
    // Positions: 0 a, 1 b, 2 a is missing, 3 x, 4 y, 5 missing c.
    expect([...inputs.ones]).toEqual([-1, 4, -1, 3, 2, 5]);
  });

  it("turns what training never saw into zeros", () => {
    const encoding = fitEncoding(made(numeric("a", 1, 3), categorical("c", "x", "y")));
    const inputs = encode(encoding, made(categorical("c", "z", null, "x"), numeric("a", NaN, 2, 5)));
    expect([...inputs.dense]).toEqual([0, 0, 3]);
    expect([...inputs.ones]).toEqual([-1, -1, 1]);
  });

  it("gives every numeric column mean 0 and deviation 1, constant ones nothing", () => {
    // Numbers at the end of what a double holds have no digits left to standardise.
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => (Math.abs(x) < 1e-200 ? 0 : x));
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), (values) => {
        const { dense } = encode(fitEncoding(made(numeric("a", ...values))), made(numeric("a", ...values)));
        const mean = dense.reduce((sum, x) => sum + x, 0) / dense.length;
        const deviation = Math.sqrt(dense.reduce((sum, x) => sum + (x - mean) ** 2, 0) / dense.length);
        // float32 values up to sqrt(40): 1e-5 leaves room for their roundings.
        expect(Math.abs(mean)).toBeLessThan(1e-5);
        if (deviation !== 0) expect(Math.abs(deviation - 1)).toBeLessThan(1e-5);
        if (new Set(values).size === 1) expect(deviation).toBe(0);
      }),
    );
  });

  it("carries nothing of a column that is constant up to rounding, or missing throughout", () => {
    const columns = made(numeric("a", 0.1 + 0.2, 0.3, 0.3), numeric("b", NaN, NaN, NaN));
    expect([...encode(fitEncoding(columns), columns).dense]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("reads numbers as categories, and the other way round, where the model knows the column so", () => {
    const asCategories = fitEncoding(made(categorical("c", "1", "2", "a")));
    expect([...encode(asCategories, made(numeric("c", 2, 1, NaN))).ones]).toEqual([1, 0, -1]);
    const asNumbers = fitEncoding(made(numeric("a", 0, 2)));
    expect([...encode(asNumbers, made(categorical("a", "2", null, " "))).dense]).toEqual([1, 0, 0]);
    expect(problemOf(() => encode(asNumbers, made(categorical("a", "many"))))).toContain(
      'made, column a, example "ex-0": not a number, as the model was trained on, "many"',
    );
  });

  it("names a column that is missing", () => {
    const encoding = fitEncoding(made(numeric("a", 1, 2), numeric("b", 1, 2)));
    expect(problemOf(() => encode(encoding, made(numeric("a", 1))))).toBe(
      'made: lacks a feature column that the model was trained on, "b"; it has a',
    );
  });
});
