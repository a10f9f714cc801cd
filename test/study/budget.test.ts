/** How long a cell trains: laws over sizes and options, with and without a trainer that counts its updates. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { cellBudget } from "../../src/study/plan/budget.js";
import { command } from "../../src/train/command/trainer.js";
import { ngram } from "../../src/train/ngram/trainer.js";

const size = fc.integer({ min: 1, max: 5000 });
const options = fc.record({
  epochs: fc.integer({ min: 1, max: 20 }),
  batch: fc.integer({ min: 1, max: 100 }),
});

it("by steps every cell makes as many updates as the whole set", () => {
  fc.assert(
    fc.property(options, size, size, (some, a, b) => {
      const [n, whole] = [Math.min(a, b), Math.max(a, b)];
      const given = ngram.options.parse(some);
      const { updates, epochs, options: own } = cellBudget(ngram, given, "steps", whole, n);
      const ofWhole = cellBudget(ngram, given, "epochs", whole, whole);
      expect(updates).toBe(ofWhole.updates);
      expect(own.steps).toBe(updates);
      expect(own.epochs).toBe(Math.ceil(epochs));
      expect(epochs).toBeCloseTo((updates ?? 0) / Math.ceil(n / given.batch), 10);
    }),
  );
});

it("by epochs every cell makes as many passes, also where the whole set's are counted in updates", () => {
  fc.assert(
    fc.property(options, size, size, (some, a, b) => {
      const [n, whole] = [Math.min(a, b), Math.max(a, b)];
      const given = ngram.options.parse(some);
      const budget = cellBudget(ngram, given, "epochs", whole, n);
      expect([budget.epochs, budget.options]).toEqual([given.epochs, given]);
      const steps = given.epochs * Math.ceil(whole / given.batch);
      const counted = cellBudget(ngram, { ...given, steps }, "epochs", whole, n);
      expect([counted.epochs, counted.updates]).toEqual([given.epochs, budget.updates]);
    }),
  );
});

it("a trainer that does not count updates makes whole epochs, the nearest number and at least one", () => {
  const given = command.options.parse({ command: "train", epochs: 3 });
  const epochs = (n: number) => cellBudget(command, given, "steps", 100, n);
  expect([100, 50, 43, 10].map((n) => epochs(n).epochs)).toEqual([3, 6, 7, 30]);
  expect(epochs(43)).toMatchObject({ updates: null, options: { epochs: 7 } });
  expect(cellBudget(command, given, "epochs", 100, 43).epochs).toBe(3);
});
