import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { features } from "../../src/train/features/trainer.js";
import { parseOptions } from "../../src/train/parse-options.js";
import { defaultTrainer, findTrainer } from "../../src/train/registry.js";
import { checkTestNames } from "../../src/train/test-sets.js";
import { train } from "../../src/train/train.js";
import type { TrainOptions } from "../../src/train/train-options.js";
import type { Protocol } from "../../src/train/trainer.js";
import type { Dataset } from "../../src/dataset/dataset.js";
import { datasetOf, featuresDataset, textDataset } from "./datasets.js";
import { problemOf, problemOfAsync } from "./problem.js";
import { contents, scratchFolder } from "./scratch.js";
import { spy } from "./spy-trainer.js";

const folder = scratchFolder("bad-input");
const out = join(folder, "never");
const dataset = featuresDataset({ size: 30 });
const test = { dataset: featuresDataset({ size: 10, seed: 2 }) };

/** What the user sees; nothing may have been written before. */
async function problem(options: Omit<TrainOptions, "out">, of: Dataset = dataset): Promise<string> {
  const line = await problemOfAsync(() => train(of, { trainer: features, ...options, out }));
  expect(existsSync(out)).toBe(false);
  return line;
}

describe("a training that cannot be", () => {
  it.each<[string, Omit<TrainOptions, "out">, string]>([
    [
      "an unknown option",
      { options: { epoch: 3 } },
      'options of the features trainer: unknown option, "epoch"; did you mean epochs?',
    ],
    [
      "an unknown option that is like none",
      { options: { zzz: 3 } },
      'options of the features trainer: unknown option, "zzz"; it takes epochs, steps, hidden, activation, learningRate, decay, batch, l2',
    ],
    [
      "no epochs",
      { options: { epochs: 0 } },
      "features option epochs: must be at least 1, 0; it is: passes over the dataset",
    ],
    ["half an epoch", { options: { epochs: 1.5 } }, "features option epochs: must be a whole number, 1.5; "],
    [
      "a rate of zero",
      { options: { learningRate: 0 } },
      "features option learningRate: must be above 0, 0; ",
    ],
    [
      "a rate that is a text",
      { options: { learningRate: "x" } },
      'features option learningRate: must be a number, "x"; ',
    ],
    [
      "a rate that is no number",
      { options: { learningRate: NaN } },
      "features option learningRate: must be a number, NaN; ",
    ],
    [
      "an unknown activation",
      { options: { activation: "gelu" } },
      'features option activation: must be one of relu, tanh, "gelu"; ',
    ],
    ["a negative l2", { options: { l2: -1 } }, "features option l2: must be at least 0, -1; "],
    [
      "a trainer that has no such protocol",
      { trainer: spy, protocol: "train-pass" },
      '--protocol: the spy trainer cannot observe so, "train-pass"; it can epoch-end, held-out',
    ],
    [
      "a protocol that is none",
      { protocol: "unknown" as Protocol },
      '--protocol: the features trainer cannot observe so, "unknown"; it can epoch-end, train-pass, held-out',
    ],
    ["one fold", { protocol: "held-out", folds: 1 }, "--folds: must be 2 to 1000, 1"],
    ["half folds", { protocol: "held-out", folds: 2.5 }, "--folds: must be a whole number, 2.5"],
    [
      "folds of no held-out",
      { folds: 3 },
      '--folds: only held-out has folds, the protocol is, "epoch-end"; give --protocol held-out, or leave --folds out',
    ],
    ["half a seed", { seed: 0.5 }, "--seed: must be a whole number, 0.5"],
    ["a negative seed", { seed: -1 }, "--seed: must be 0 to 4294967295, -1"],
    ["no threads", { threads: 0 }, "--threads: must be 1 to 1024, 0"],
    [
      "a slash in a test set's name",
      { tests: { "a/b": test } },
      "--test: a test set's name becomes a file's name: letters, digits, _, - and . only, \"a/b\"; ",
    ],
    ["a test set named ..", { tests: { "..": test } }, "--test: a test set's name becomes a file's name"],
    [
      "two test sets of one file name",
      { tests: { ood: test, OOD: test } },
      '--test: two test sets of one name, "OOD"; ',
    ],
    [
      "a test set of other input",
      { tests: { x: { dataset: textDataset() } } },
      "test set x: its input is text, and the model trains on features; ",
    ],
    [
      "a test set of no examples",
      { tests: { x: { dataset: featuresDataset({ size: 0 }) } } },
      "test set x: has no examples",
    ],
    [
      "a test set with unknown labels",
      { tests: { x: { dataset: featuresDataset({ labels: ["no", "maybe"] }) } } },
      "test set x: a label that the model does not know, \"maybe\"; the model's are no, yes: give --map-labels 'x: ",
    ],
    [
      "a mapping of an unknown label",
      { tests: { x: { ...test, mapLabels: { yess: "no" } } } },
      '--map-labels x: not one of the model\'s labels, "yess"; did you mean "yes"?',
    ],
  ])("%s", async (_, options, line) => {
    expect(await problem(options)).toContain(line);
  });

  it("a trainer that cannot read the input names one that can", async () => {
    expect(
      await problem({ trainer: spy }, datasetOf({ kind: "pair", text: ["a"], pair: ["b"] }, [0])),
    ).toContain("made: its input is pair, and the spy trainer reads text, features; ");
    expect(await problem({ trainer: { ...spy, can: { ...spy.can, inputs: ["text"] } } })).toBe(
      "made: its input is features, and the spy trainer reads text; give --trainer command or features",
    );
  });

  it("a test set without a column of the training data", async () => {
    const { columns } = test.dataset.input as Extract<Dataset["input"], { kind: "features" }>;
    const fewer = { ...test.dataset, input: { kind: "features" as const, columns: columns.slice(1) } };
    expect(await problem({ tests: { x: { dataset: fewer } } })).toBe(
      'test set x: lacks a feature column that the model trains on, "x"; give a file with the same columns',
    );
  });

  it("a dataset of one label, or of no examples", async () => {
    expect(await problem({}, featuresDataset({ labels: ["only"] }))).toContain("has one label only");
    expect(await problem({}, featuresDataset({ size: 0 }))).toContain("has no examples");
  });

  it("an infinite feature is named by column and example", async () => {
    const column = { name: "x", kind: "numeric" as const, values: Float64Array.of(1, Infinity, 2) };
    const infinite = datasetOf({ kind: "features", columns: [column] }, [0, 1, 0]);
    const line = await problemOfAsync(() =>
      train(infinite, { trainer: features, out: join(folder, "infinite") }),
    );
    expect(line).toContain('made, column x, example "ex-1": not a finite number, Infinity');
  });

  it("a folder that holds a run", async () => {
    const taken = join(folder, "taken");
    await train(dataset, { trainer: features, out: taken, options: { epochs: 1 } });
    const before = contents(taken);
    expect(await problemOfAsync(() => train(dataset, { trainer: features, out: taken }))).toContain(
      "holds a run already",
    );
    expect(contents(taken)).toEqual(before);
  });
});

describe("names", () => {
  it("finds trainers, or the nearest", () => {
    expect(findTrainer("features")).toBe(features);
    expect(problemOf(() => findTrainer("feature"))).toContain(
      '--trainer: no such trainer, "feature"; did you mean features?',
    );
    expect(problemOf(() => findTrainer("toString"))).toContain("no such trainer");
    expect(defaultTrainer("features")).toBe(features);
  });

  it("takes test names that are good file names", () => {
    checkTestNames(["id", "ood", "übung 2", "a.b-c_d", "测试"]);
    for (const bad of ["", ".hidden", "a\\b", "a:b", "-x", "x".repeat(101)]) {
      expect(problemOf(() => checkTestNames([bad]))).toContain("--test");
    }
  });

  it("takes an option that is there and undefined as not given", () => {
    expect(parseOptions(features, { epochs: undefined }).epochs).toBe(6);
  });
});
