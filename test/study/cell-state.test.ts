import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Random } from "../../src/core/random.js";
import { cellState, chance, type StateFacts } from "../../src/study/results/cell-state.js";

const labels = ["a", "b", "c"];

/** Facts counted from gold labels and predictions, each an index into `labels`. */
function factsOf(
  gold: readonly number[],
  predicted: readonly number[],
  train: { readonly accuracy: number; readonly majority: number } = { accuracy: 0.95, majority: 0.5 },
): StateFacts {
  const size = gold.length;
  const share = (label: number): number => predicted.filter((p) => p === label).length / size;
  return {
    trainAccuracy: train.accuracy,
    trainMajority: train.majority,
    accuracy: gold.filter((g, i) => g === predicted[i]).length / size,
    testSize: size,
    predictedLabels: Object.fromEntries(labels.map((name, label) => [name, share(label)])),
    perLabel: labels.map((label, i) => ({
      label,
      n: gold.filter((g) => g === i).length,
      recall: null,
      precision: null,
      f1: null,
    })),
  };
}

const gold = Array.from({ length: 300 }, (_, i) => i % 3);
const right = gold;
const wrong = gold.map((label) => (label + 1) % 3);
const random = new Random(5);
const guessed = gold.map(() => random.below(3));

describe("the state of a cell", () => {
  it.each([
    ["ok", "right on most", factsOf(gold, right)],
    ["ok", "fits neither", factsOf(gold, guessed, { accuracy: 0.6, majority: 0.5 })],
    [
      "not-optimised",
      "as good as the commonest label",
      factsOf(gold, right, { accuracy: 0.5, majority: 0.5 }),
    ],
    ["not-optimised", "half a point better", factsOf(gold, right, { accuracy: 0.505, majority: 0.5 })],
    ["ok", "a point better", factsOf(gold, right, { accuracy: 0.511, majority: 0.5 })],
    [
      "not-optimised",
      "before one-class",
      factsOf(
        gold,
        gold.map(() => 1),
        { accuracy: 0.4, majority: 0.5 },
      ),
    ],
    [
      "one-class",
      "always b",
      factsOf(
        gold,
        gold.map(() => 1),
      ),
    ],
    [
      "one-class",
      "trained on one label",
      factsOf(
        gold,
        gold.map(() => 1),
        { accuracy: 1, majority: 1 },
      ),
    ],
    ["overfit", "guesses", factsOf(gold, guessed)],
    ["anti-learned", "turned round", factsOf(gold, wrong)],
    [
      "ok",
      "one label in the test set too",
      factsOf(
        gold.map(() => 1),
        gold.map(() => 1),
      ),
    ],
  ] as const)("%s: %s", (state, _, facts) => expect(cellState(facts)).toBe(state));

  it("is not fooled by a test set of mostly one label", () => {
    // 95 % a: a model that finds half of the rest scores above always answering a, one that misses them all but answers b at random does not.
    const skewed = Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? 1 : 0));
    const finds = skewed.map((label, i) => (label === 1 && i % 40 === 0 ? 1 : 0));
    expect(cellState(factsOf(skewed, finds))).toBe("ok");
    const misses = skewed.map((_, i) => (i % 20 === 7 ? 1 : 0));
    expect(cellState(factsOf(skewed, misses))).toBe("overfit");
  });
});

describe("chance", () => {
  it("is the mean and deviation over all orders of the predictions", () => {
    const label = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 6 })
          .chain((n) =>
            fc.tuple(
              fc.array(label, { minLength: n, maxLength: n }),
              fc.array(label, { minLength: n, maxLength: n }),
            ),
          ),
        ([golds, predictions]) => {
          const accuracies = permutations(predictions).map(
            (order) => order.filter((p, i) => p === golds[i]).length / golds.length,
          );
          const mean = accuracies.reduce((sum, a) => sum + a, 0) / accuracies.length;
          const variance = accuracies.reduce((sum, a) => sum + (a - mean) ** 2, 0) / accuracies.length;
          const { expected, deviation } = chance(factsOf(golds, predictions));
          expect(expected).toBeCloseTo(mean, 10);
          expect(deviation).toBeCloseTo(Math.sqrt(variance), 7);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
