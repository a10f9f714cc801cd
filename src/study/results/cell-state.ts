/**
 * What became of a cell's training. A model that never left the starting line, answers one label, or has learned something that the
 * test set turns round, is no "bad result" to be averaged with the good ones: it is marked, counted, and shown beside them.
 *
 * Chance is what a guesser would score who answers each label as often as the model did, without looking: the sum over labels of
 * (share of predictions) x (share of examples). It needs no balanced test set, and is the accuracy itself where only one label is answered.
 */

import type { CellResult, CellState } from "./results.js";

/** What the state is told from. A cell has one for each test set: some of the states are about that set. */
export type StateFacts = Pick<
  CellResult,
  "trainAccuracy" | "trainMajority" | "accuracy" | "testSize" | "predictedLabels" | "perLabel"
>;

/** Accuracy on its own examples must be a point above their commonest label's share: less is a model that only counts labels. */
export const leastGain = 0.01;
/** From here on, training accuracy is high. */
export const highAccuracy = 0.9;
/** One-sided p < .01, in standard deviations: cells are many, and a mark should not be noise. */
export const significantDeviations = 2.326;

/**
 * The state of a cell on a test set. Where several hold, the first of this list stands, causes before what follows from them:
 *
 * - `not-optimised`: accuracy on its own training examples is less than `leastGain` above the share of their commonest label. Of a
 *   subset with one label this says nothing, and the next may hold.
 * - `one-class`: of a test set with several labels, all predictions are one label.
 * - `anti-learned`: accuracy lies more than `significantDeviations` below chance.
 * - `overfit`: training accuracy is `highAccuracy` or more, and accuracy is not that far above chance.
 * - `ok`: none of them. A model that fits neither its training examples nor the test set is `ok` in this sense: it may be too small.
 *
 * Examples count as independent here; where test examples come in clusters the marks `anti-learned` and `ok` are given too easily, and
 * the comparison's intervals, which know clusters, decide.
 */
export function cellState(facts: StateFacts): CellState {
  const { trainAccuracy, trainMajority, accuracy, predictedLabels, perLabel } = facts;
  if (trainMajority < 1 && trainAccuracy < trainMajority + leastGain) return "not-optimised";
  const answered = Object.values(predictedLabels).filter((share) => share > 0).length;
  const present = perLabel.filter(({ n }) => n > 0).length;
  if (answered === 1 && present > 1) return "one-class";
  const { expected, deviation } = chance(facts);
  const reach = significantDeviations * deviation;
  if (present > 1 && accuracy < expected - reach) return "anti-learned";
  if (present > 1 && trainAccuracy >= highAccuracy && accuracy <= expected + reach) return "overfit";
  return "ok";
}

/**
 * Accuracy of predictions that have nothing to do with the gold labels but come in the same shares, and its standard deviation: both
 * exactly as over all permutations of the predictions (the diagonal of a table with fixed margins).
 */
export function chance({
  predictedLabels,
  perLabel,
  testSize,
}: Pick<StateFacts, "predictedLabels" | "perLabel" | "testSize">): {
  readonly expected: number;
  readonly deviation: number;
} {
  let expected = 0;
  let own = 0;
  let squares = 0;
  for (const { label, n } of perLabel) {
    const gold = testSize > 0 ? n / testSize : 0;
    const predicted = Object.hasOwn(predictedLabels, label) ? (predictedLabels[label] ?? 0) : 0;
    const both = gold * predicted;
    expected += both;
    own += both * (1 - gold) * (1 - predicted);
    squares += both * both;
  }
  // Cells of the diagonal vary by `own`, and each two of them together by the product of their expectations.
  const variance = (own + expected * expected - squares) / Math.max(1, testSize - 1);
  return { expected, deviation: Math.sqrt(Math.max(0, variance)) };
}
