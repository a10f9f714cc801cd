/** What `map` and `train` share: from the flags to a run. */

import { basename, join } from "node:path";
import { UserError } from "../core/errors.js";
import type { Dataset, Input } from "../dataset/dataset.js";
import { countShared, findDuplicates } from "../dataset/duplicates/exact-duplicates.js";
import { readDataset } from "../dataset/read-dataset.js";
import type { ReadOptions } from "../dataset/read-options.js";
import { checkFolder } from "../run/open-writer.js";
import { parseMapLabels, type LabelMapping, type NamedMapping } from "../train/map-labels.js";
import { planTrainer } from "../train/plan.js";
import { defaultTrainer, findTrainer } from "../train/registry.js";
import { resumeTraining } from "../train/resume.js";
import { checkTestNames } from "../train/test-sets.js";
import { train } from "../train/train.js";
import type { TestSet, TrainResult } from "../train/train-options.js";
import type { Trainer } from "../train/trainer.js";
import type { Context } from "./command.js";
import { datasetFlags, readOptions } from "./dataset-flags.js";
import { oneOf, parsed, repeated, text, toggle, wholeNumber, type Values } from "./flags.js";
import { count, shellWord } from "./format.js";
import { Interrupted } from "./interrupted.js";
import { parseTest, uniqueTests, type TestFlag } from "./test-flag.js";
import { trainerFlags, trainerOptions, typedOptions } from "./trainer-flags.js";

const training = { group: "Training" };

export const trainRunFlags = {
  out: text("<folder>", "the run's folder (default: runs/ and the file's name)", { short: "o" }),
  ...datasetFlags,
  test: repeated(
    parsed(
      "<name=file>",
      "score this test set with the trained model; may be given several times",
      parseTest,
      training,
    ),
  ),
  mapLabels: repeated(
    parsed(
      "<name: a=b>",
      "'ood: neutral=no,contradiction=no' maps the model's labels onto a test set's",
      parseMapLabels,
      training,
    ),
  ),
  testEveryEpoch: toggle("score the test sets after every epoch", training),
  trainer: text(
    "<name>",
    "ngram, features, encoder or command (default: what the columns ask for)",
    training,
  ),
  epochs: wholeNumber(
    "<n>",
    "passes over the dataset (default: the trainer's own, 6 or 5)",
    { min: 1 },
    training,
  ),
  steps: wholeNumber(
    "<n>",
    "updates in all, instead of --epochs; the last epoch may stop in the middle",
    { min: 1, max: 1e9 },
    training,
  ),
  protocol: oneOf(
    ["epoch-end", "train-pass", "held-out"],
    "how examples are observed (default: the trainer's own)",
    training,
  ),
  folds: wholeNumber("<k>", "of held-out: how many models (default: 5)", { min: 2 }, training),
  seed: wholeNumber("<n>", "the same seed gives the same run (default: 0)", { min: 0 }, training),
  threads: wholeNumber(
    "<n>",
    "threads; the result does not depend on it (default: all cores)",
    { min: 1 },
    training,
  ),
  logits: oneOf(
    ["all", "top", "none"],
    "which logits to record (default: all of up to 100 labels, else the top five)",
    training,
  ),
  resume: text("<run>", "go on with a run that was stopped; only --epochs may be given beside it"),
  overwrite: toggle("replace the run that stands in the folder"),
  breakLock: toggle("take the lock of a process on another machine"),
  ...(trainerFlags as Record<never, never>),
};

export type TrainRunValues = Values<typeof trainRunFlags>;

/** What a command's own flags may stand beside --resume. */
export interface Beside {
  readonly flags: readonly string[];
  /** For messages. */
  readonly words: string;
}

/**
 * Trains as the flags say: a new run, or one that goes on.
 *
 * @param name the command's, for messages
 * @throws Interrupted where it was stopped, saying how to go on
 */
export async function trainRun(
  name: string,
  files: readonly string[],
  values: TrainRunValues,
  context: Context,
  beside: Beside,
): Promise<TrainResult> {
  const result =
    values.resume === undefined
      ? await begin(name, files, values, context)
      : await resume(values.resume, files, values, context, beside);
  if (result.outcome !== "stopped") return result;
  const { finished, planned } = result.manifest.epochs;
  const { trainer } = result.manifest;
  const goOn =
    trainer === null || findTrainer(trainer.name).can.resume !== null
      ? `go on with: alidade ${name} --resume ${shellWord(result.folder)}`
      : `the ${trainer.name} trainer cannot go on: train anew with --overwrite`;
  throw new Interrupted(`stopped: ${finished} of ${planned} epochs stand in ${result.folder}; ${goOn}`);
}

async function begin(
  name: string,
  files: readonly string[],
  values: TrainRunValues,
  context: Context,
): Promise<TrainResult> {
  if (files.length === 0) {
    throw new UserError({
      subject: `alidade ${name}`,
      problem: "needs a file",
      remedy: "name a labelled file, or --resume a run",
    });
  }
  const { effects, signal } = context;
  const reading = readOptions(values, effects);
  const out = values.out ?? join("runs", stem(files[0] ?? "run"));
  const { protocol, folds, seed, threads, logits, overwrite, breakLock, testEveryEpoch } = values;
  const settings = { protocol, folds, seed, threads };
  // Whatever is wrong with the command itself is said before a file is read.
  const expected = chosenTrainer(values, values.features === undefined ? "text" : "features");
  const named = namedTests(values);
  planTrainer(
    expected,
    { ...settings, options: chosenOptions(expected, values) },
    named.map(({ name }) => name),
  );
  await checkFolder(out, { overwrite });
  const dataset = await readDataset(files, reading, signal);
  const tests: Record<string, TestSet> = {};
  try {
    const trainer = chosenTrainer(values, dataset.input.kind);
    await readTests(tests, named, dataset, reading, context);
    report(dataset, tests, context);
    return await train(dataset, {
      out,
      trainer,
      options: chosenOptions(trainer, values),
      ...settings,
      logits,
      tests,
      testEveryEpoch,
      overwrite,
      breakLock,
      signal,
      effects,
    });
  } finally {
    dataset.close();
    for (const test of Object.values(tests)) test.dataset.close();
  }
}

function chosenTrainer(values: TrainRunValues, kind: Input["kind"]): Trainer {
  return values.trainer === undefined ? defaultTrainer(kind) : findTrainer(values.trainer);
}

function chosenOptions(trainer: Trainer, values: TrainRunValues): Record<string, unknown> {
  const { epochs, steps } = values;
  if (epochs !== undefined && steps !== undefined) {
    const remedy = "give one of them";
    throw new UserError({ subject: "--steps", problem: "cannot be given beside --epochs", remedy });
  }
  return { ...typedOptions(trainer, trainerOptions(values)), epochs, steps };
}

async function resume(
  folder: string,
  files: readonly string[],
  values: TrainRunValues,
  { effects, signal }: Context,
  beside: Beside,
): Promise<TrainResult> {
  const allowed = new Set(["resume", "epochs", "breakLock", ...beside.flags]);
  const others = Object.entries(values).filter(([name, value]) => value !== undefined && !allowed.has(name));
  if (files.length > 0 || others.length > 0) {
    throw new UserError({
      subject: "--resume",
      problem: "goes on with the run's own data and options",
      value: files[0] ?? others[0]?.[0],
      remedy: `give only --epochs and ${beside.words} beside it, or begin a new run`,
    });
  }
  return await resumeTraining(folder, {
    epochs: values.epochs,
    breakLock: values.breakLock,
    signal,
    effects,
  });
}

interface NamedTest extends TestFlag {
  readonly mapLabels: LabelMapping | undefined;
}

function namedTests(values: TrainRunValues): readonly NamedTest[] {
  const named = uniqueTests(values.test ?? []);
  checkTestNames(named.map(({ name }) => name));
  const mappings = new Map(
    (values.mapLabels ?? []).map((mapping: NamedMapping) => [mapping.test, mapping.mapLabels]),
  );
  for (const name of mappings.keys()) {
    if (named.some((test) => test.name === name)) continue;
    throw new UserError({
      subject: "--map-labels",
      problem: "names no test set",
      value: name,
      remedy:
        named.length > 0 ? `there are ${named.map((test) => test.name).join(", ")}` : "give --test name=file",
    });
  }
  return named.map((test) => ({ ...test, mapLabels: mappings.get(test.name) }));
}

async function readTests(
  tests: Record<string, TestSet>,
  named: readonly NamedTest[],
  dataset: Dataset,
  reading: ReadOptions,
  { effects }: Context,
): Promise<void> {
  // Columns are looked for by the training set's names; how a file is read holds for all of them, which rows does not.
  const { labels: _labels, where: _where, format: _format, votes: _votes, group: _group, ...same } = reading;
  for (const { name, path, mapLabels } of named) {
    const read = plainOptions({ ...same, rolesFrom: dataset.roles, labels: undefined });
    tests[name] = { dataset: await readDataset(path, { ...read, effects }), mapLabels, read };
  }
}

/** What the manifest can keep: no effects, nothing undefined. */
function plainOptions({ effects: _effects, ...options }: ReadOptions): ReadOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Says what a person should know of the data before trusting a map of it. */
function report(dataset: Dataset, tests: Readonly<Record<string, TestSet>>, { effects }: Context): void {
  const { repeated: again, conflicting } = findDuplicates(dataset);
  if (again > 0) {
    effects.log(
      `${dataset.name}: ${count(again)} of ${count(dataset.size)} examples repeat the text of another` +
        (conflicting > 0 ? `; ${count(conflicting)} examples share a text and differ in label` : ""),
    );
  }
  for (const [name, test] of Object.entries(tests)) {
    const shared = countShared(dataset, test.dataset);
    if (shared > 0)
      effects.warn(
        `test set ${name}: ${count(shared)} of ${count(test.dataset.size)} texts stand in the training set too`,
      );
  }
}

function stem(path: string): string {
  const name = path === "-" ? "standard-input" : (basename(path).split(".")[0] ?? "");
  return /^[\w-]+$/.test(name) ? name : "run";
}
