/** What injected noise promises: how many flip, which may, units whole, the same in every order of the rows. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { injectNoise, type NoiseOptions } from "../../../src/diagnose/noise/inject.js";
import { matchTruth } from "../../../src/diagnose/noise/truth.js";
import { madeDataset } from "../made-dataset.js";

const sizes = fc.record({
  size: fc.integer({ min: 20, max: 200 }),
  labels: fc.integer({ min: 2, max: 6 }),
  rate: fc.double({ min: 0, max: 0.9, noNaN: true }),
  seed: fc.nat({ max: 0xffff_ffff }),
});

describe("of examples that stand alone", () => {
  it("flips floor(rate N) examples, each to another label that there is, and leaves the rest", () => {
    fc.assert(
      fc.property(sizes, ({ size, labels, rate, seed }) => {
        const dataset = madeDataset({ size, labels, seed });
        const { dataset: noisy, flipped, truth } = injectNoise(dataset, { rate, seed });
        expect(flipped.length).toBe(Math.floor(rate * size + 1e-9));
        const is = new Set(flipped);
        for (let row = 0; row < size; row++) expect(noisy.gold[row] !== dataset.gold[row]).toBe(is.has(row));
        expect(noisy.gold.every((label) => label >= 0 && label < labels)).toBe(true);
        expect(truth.flips.map(({ id }) => id)).toEqual(Array.from(flipped, (row) => dataset.ids[row]));
      }),
    );
  });

  it("flips the same ids to the same labels in every order of the rows", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ size, labels, rate, seed }, shuffle) => {
        const dataset = madeDataset({ size, labels, seed, groups: 5 });
        const turned = madeDataset({ size, labels, seed, groups: 5, shuffle });
        expect(flipsById(injectNoise(turned, { rate, seed }).truth.flips)).toEqual(
          flipsById(injectNoise(dataset, { rate, seed }).truth.flips),
        );
      }),
    );
  });

  it("another seed flips others, to others", () => {
    const dataset = madeDataset({ size: 400, labels: 4, seed: 1 });
    const [a, b] = [1, 2].map((seed) => injectNoise(dataset, { rate: 0.5, seed }).dataset.gold);
    // Two draws of half of them agree by chance on about a quarter of the flips and their labels.
    expect(a!.filter((label, row) => label !== b![row]).length).toBeGreaterThan(150);
  });

  it("takes every other label about as often", () => {
    const dataset = madeDataset({ size: 4000, labels: 5, seed: 3 });
    const { flipped, dataset: noisy } = injectNoise(dataset, { rate: 0.99, seed: 9 });
    const steps = new Float64Array(5);
    for (const row of flipped) steps[(noisy.gold[row]! - dataset.gold[row]! + 5) % 5]!++;
    // 3,960 draws over four: 990 each, five deviations are 136.
    for (const n of steps.slice(1)) expect(Math.abs(n - 990)).toBeLessThan(136);
  });

  it("takes only examples of the pool, and reads the rate as asked", () => {
    const dataset = madeDataset({ size: 100, labels: 3, seed: 0 });
    const rows = Int32Array.from({ length: 40 }, (_, i) => i + 10);
    const from = { name: "pool", rows };
    const of = (options: NoiseOptions) => injectNoise(dataset, { from, ...options }).flipped;
    expect(of({ rate: 0.1 }).length).toBe(10);
    expect(of({ rate: 0.1, rateOf: "region" }).length).toBe(4);
    for (const row of of({ rate: 0.3 })) expect(rows.includes(row)).toBe(true);
    expect(() => of({ rate: 0.5 })).toThrow("--rate: asks for 50 of 100 examples, and pool has 40");
  });
});

describe("of units", () => {
  it("a group flips whole or not at all; its members of one label get one new label", () => {
    fc.assert(
      fc.property(sizes, ({ size, labels, rate, seed }) => {
        const dataset = madeDataset({ size, labels, seed, groups: 4 });
        const { dataset: noisy, flipped, truth } = injectNoise(dataset, { rate, seed });
        const is = new Set(flipped);
        const byGroup = new Map<string, number[]>();
        dataset.groups!.forEach((group, row) => {
          if (group !== null) byGroup.set(group, [...(byGroup.get(group) ?? []), row]);
        });
        for (const rows of byGroup.values()) {
          expect(new Set(rows.map((row) => is.has(row))).size).toBe(1);
          const became = new Map<number, Set<number>>();
          for (const row of rows)
            became.set(
              dataset.gold[row]!,
              (became.get(dataset.gold[row]!) ?? new Set()).add(noisy.gold[row]!),
            );
          for (const labels of became.values()) expect(labels.size).toBe(1);
        }
        const asked = Math.floor(rate * size + 1e-9);
        expect(flipped.length).toBeLessThanOrEqual(asked);
        // Groups have at most as many members as the made set gives them, so no more than one less is left over.
        expect(truth.noise.asked).toBe(asked);
      }),
    );
  });

  it("exact duplicates flip together", () => {
    const dataset = madeDataset({ size: 60, labels: 3, seed: 0, texts: (row) => `text ${row % 30}` });
    const { flipped } = injectNoise(dataset, { rate: 0.5, seed: 4 });
    expect(flipped.length).toBe(30);
    for (const row of flipped) expect(flipped.includes((row + 30) % 60)).toBe(true);
  });
});

describe("by a matrix", () => {
  const matrix = { labels: 3, values: Float64Array.from([0.9, 0.1, 0, 0, 1, 0, 0.25, 0.25, 0.5]) };

  it("each label errs as often and into what its row says", () => {
    const dataset = madeDataset({ size: 3000, labels: 3, seed: 5 });
    const { flipped, dataset: noisy } = injectNoise(dataset, { how: { kind: "matrix", matrix } });
    const counts = new Float64Array(9);
    for (const row of flipped) counts[dataset.gold[row]! * 3 + noisy.gold[row]!]!++;
    const of = (label: number) => dataset.gold.filter((one) => one === label).length;
    expect(counts[1]! + counts[2]!).toBeCloseTo(0.1 * of(0), -0.5);
    expect(counts[2]).toBe(0);
    expect(counts[3]! + counts[5]!).toBe(0);
    expect(Math.abs(counts[6]! + counts[7]! - 0.5 * of(2))).toBeLessThanOrEqual(1);
    // Half of about 500: five deviations are 56.
    expect(Math.abs(counts[6]! - counts[7]!)).toBeLessThan(112);
  });

  it("a rate scales the matrix's own", () => {
    const dataset = madeDataset({ size: 3000, labels: 3, seed: 5 });
    const { flipped } = injectNoise(dataset, { rate: 0.05, how: { kind: "matrix", matrix } });
    expect(flipped.length).toBe(150);
    expect(() => injectNoise(dataset, { rate: 0.9, how: { kind: "matrix", matrix } })).toThrow(
      /^--rate: asks for/,
    );
  });
});

it("by confusion each becomes the model's second choice, and examples without one stay", () => {
  const dataset = madeDataset({ size: 50, labels: 4, seed: 2 });
  const second = dataset.gold.map((label, row) => (row < 20 ? (label + 1) % 4 : -1));
  const {
    flipped,
    dataset: noisy,
    truth,
  } = injectNoise(dataset, { rate: 0.8, how: { kind: "confusion", second } });
  expect(flipped.length).toBe(20);
  expect(truth.noise.asked).toBe(40);
  for (const row of flipped) expect(noisy.gold[row]).toBe(second[row]);
});

it.each([-0.1, 1, 1.5, NaN, Infinity])("refuses the rate %s", (rate) => {
  const dataset = madeDataset({ size: 20, labels: 2, seed: 0 });
  expect(() => injectNoise(dataset, { rate })).toThrow("--rate: out of range");
});

describe("the truth", () => {
  const dataset = madeDataset({ size: 80, labels: 3, seed: 7 });
  const { dataset: noisy, truth, flipped } = injectNoise(dataset, { rate: 0.2, seed: 1 });

  it("gives the labels back, whatever the order of the rows", () => {
    const matched = matchTruth(truth, noisy, "truth.json");
    expect([...matched.trueLabel]).toEqual([...dataset.gold]);
    expect(Array.from(matched.flipped.keys()).filter((row) => matched.flipped[row] === 1)).toEqual([
      ...flipped,
    ]);
  });

  it.each<[string, (noisy: Dataset) => Partial<Dataset>, RegExp]>([
    ["another size", () => ({ size: 79 }), /it has 79 examples, the truth is of 80/],
    ["other ids", ({ ids }) => ({ ids: ids.map((id) => `x${id}`) }), /an id that is not there/],
    ["the labels before", () => ({ gold: dataset.gold }), /was given .* and has/],
    ["other labels", () => ({ labelNames: ["x", "y", "z"] }), /was given .* and has, "[xyz]"/],
  ])("of %s is refused", (_, change, message) => {
    expect(() => matchTruth(truth, { ...noisy, ...change(noisy) }, "truth.json")).toThrow(message);
  });
});

function flipsById(flips: readonly { id: string }[]): unknown[] {
  return [...flips].sort((a, b) => (a.id < b.id ? -1 : 1));
}
