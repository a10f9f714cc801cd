/** One cell: trains on its selection, asks the model of its own examples and of every test set. */

import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { subset } from "../../dataset/subset.js";
import { collectLogits } from "../../run/collect.js";
import { parseOptions } from "../../train/parse-options.js";
import { findTrainer } from "../../train/registry.js";
import { predictLabels, scorePredictions, type Predictions } from "../../train/score.js";
import type { Predictor, Training } from "../../train/trainer.js";
import { cellBudget } from "../plan/budget.js";
import type { Holdings } from "./holdings.js";
import type { StepSetting } from "./step-setting.js";
import type { TestPredictions } from "./publish-step.js";
import type { OpenTest } from "../plan/read-inputs.js";
import type { CellRecord, TestRecord } from "../folder/record.js";
import { labelShares, largestShare, sliceAccuracies } from "./score-cell.js";
import type { CellStep } from "../plan/step.js";

interface Tested {
  readonly test: OpenTest;
  readonly predictions: Predictions;
}

export async function runCell(
  step: CellStep,
  holdings: Holdings,
  { signal, effects }: StepSetting,
): Promise<{ record: Omit<CellRecord, "started" | "host">; predictions: TestPredictions[] }> {
  const { dataset, tests } = holdings.inputs;
  const train = step.selection === null ? dataset : subset(dataset, await holdings.rows(step.selection));
  const trainer = findTrainer(step.trainer.name);
  const asOfWhole = parseOptions(trainer, step.trainer.options);
  const { options, epochs, updates } = cellBudget(trainer, asOfWhole, step.budget, dataset.size, train.size);
  const asked = step.tests.flatMap((name) => tests.get(name) ?? []);
  const began = performance.now();
  const training = await trainer.start({
    train,
    // In a train pass the observations cost nothing, and nobody looks at them.
    protocol: trainer.can.protocols.includes("train-pass") ? "train-pass" : "epoch-end",
    seed: step.seed,
    options,
    tests: {
      ...Object.fromEntries(asked.map(({ name, dataset: test }) => [name, test])),
      [ownName(asked)]: train,
    },
    threads: holdings.threads,
    signal,
    effects,
  });
  try {
    await finish(training);
    const trained = performance.now();
    const own = await ownAccuracy(training, train);
    const tested: Tested[] = [];
    for (const test of asked) tested.push({ test, predictions: await predictTest(training, test) });
    const testSeconds = (performance.now() - trained) / 1000;
    const trainLabels = labelShares(train.labelNames, train.gold);
    return {
      record: {
        kind: "cell",
        key: step.key,
        n: train.size,
        epochs,
        updates,
        trainAccuracy: own,
        trainMajority: largestShare(trainLabels),
        trainLabels,
        tests: tested.map(scoreTest),
        seconds: (trained - began) / 1000,
        testSeconds,
      },
      predictions: tested.map(({ test, predictions: { predicted, loss } }) => ({
        test: test.name,
        predicted,
        loss: Float32Array.from(loss),
      })),
    };
  } finally {
    await training.close();
  }
}

/** What its own examples are called among the test sets: a name that none of them has. */
function ownName(tests: readonly OpenTest[]): string {
  const names = new Set(tests.map(({ name }) => name.toLowerCase()));
  let name = "training-set";
  while (names.has(name)) name += "-";
  return name;
}

async function finish(training: Training): Promise<void> {
  for await (const { observations } of training.epochs()) for await (const _ of observations);
}

async function ownAccuracy(model: Pick<Predictor, "predict">, train: Dataset): Promise<number> {
  const { size, name, ids, gold } = train;
  const logits = await collectLogits(model.predict(train), { size, what: name, ids });
  // For multiple choice a row has as many logits as choices; the label is the choice.
  const names = train.labelNames;
  const labels = { names, ofModel: Int32Array.from(names, (_, index) => index), gold };
  return scorePredictions(predictLabels(logits, labels), labels).accuracy;
}

async function predictTest(
  model: Pick<Predictor, "predict">,
  { name, dataset: { size, ids }, dataset, labels }: OpenTest,
): Promise<Predictions> {
  const what = `test set ${name}`;
  const logits = await collectLogits(model.predict(dataset), { size, what, ids });
  const predictions = predictLabels(logits, labels);
  if (predictions.loss.every(Number.isFinite)) return predictions;
  throw new UserError({ subject: what, problem: "the model's loss is not finite" });
}

function scoreTest({ test, predictions }: Tested): TestRecord {
  const { labels, name, slices } = test;
  const scores = scorePredictions(predictions, labels);
  return {
    test: name,
    size: scores.size,
    majority: largestShare(labelShares(labels.names, labels.gold)),
    accuracy: scores.accuracy,
    macroF1: scores.macroF1,
    matthews: scores.matthews,
    loss: scores.loss,
    perLabel: scores.perLabel.map((label) => ({ ...label })),
    slices: [...slices].flatMap(([column, values]) =>
      sliceAccuracies(column, values, labels.gold, predictions.predicted),
    ),
    predicted: labelShares(labels.names, predictions.predicted),
  };
}
