/** What a built-in study is made for, from the command line: data, test sets, trainer, seeds, budget. */

import { quiet } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import type { NamedMapping } from "../train/map-labels.js";
import { parseMapLabels } from "../train/map-labels.js";
import { builtInTrainers, findTrainer } from "../train/registry.js";
import { optionNames } from "../train/parse-options.js";
import type { Trainer } from "../train/trainer.js";
import type { StudyInputs } from "../study/built-in/built-in.js";
import type { TestKind } from "../study/results/results.js";
import type { Budget, TestSpec, TrainerSpec } from "../study/spec/spec.js";
import { datasetFlags, readOptions } from "./dataset-flags.js";
import { oneOf, parsed, repeated, text, wholeNumber, type Values } from "./flags.js";
import { studyFlags } from "./study-flags.js";
import { trainerFlags, trainerOptions, typedOptions } from "./trainer-flags.js";

const testing = { group: "Testing" };
const training = { group: "Training" };

interface NamedTest {
  readonly kind: TestKind;
  readonly name: string;
  readonly path: string;
}

interface NamedColumn {
  readonly test: string;
  readonly column: string;
}

export const studyInputFlags = {
  test: repeated(
    parsed(
      "<id|ood:name=file>",
      "a test set of the training distribution (id=test.csv, id:dev=dev.csv) or of another (ood=other.csv, ood:books=books.csv)",
      parseStudyTest,
      testing,
    ),
  ),
  mapLabels: repeated(
    parsed(
      "<name: a=b>",
      "'hans: neutral=no,contradiction=no' maps the model's labels onto a test set's",
      parseMapLabels,
      testing,
    ),
  ),
  slices: repeated(
    parsed(
      "<name=column>",
      "accuracy by this column's values too, as in hans=heuristic",
      namedColumn,
      testing,
    ),
  ),
  cluster: repeated(
    parsed(
      "<name=column>",
      "test examples that do not vote for themselves, as in hans=subcase; id=auto: near duplicates",
      namedColumn,
      testing,
    ),
  ),
  trainer: text("<name>", "ngram, features or command (default: what the columns ask for)", training),
  epochs: wholeNumber("<n>", "passes over the whole dataset (default: 6)", { min: 1 }, training),
  seeds: wholeNumber(
    "<n>",
    "replicates, each with a map, selections and trainings of its own (default: 5)",
    { min: 1, max: 1000 },
    training,
  ),
  seed: wholeNumber("<n>", "of everything random (default: 0)", { min: 0, max: 0xffff_ffff }, training),
  budget: oneOf(
    ["epochs", "steps", "both"],
    "as many passes, or as many updates, as over the whole dataset (default: the study's own)",
    training,
  ),
  ...studyFlags,
  ...datasetFlags,
  ...(trainerFlags as Record<never, never>),
};

/** @throws UserError where a test set is missing that the study needs, or an option names none */
export function studyInputs(
  name: string,
  files: readonly string[],
  values: Values<typeof studyInputFlags>,
  needsTests: boolean,
): StudyInputs {
  if (files.length === 0) {
    throw new UserError({
      subject: `alidade study ${name}`,
      problem: "needs a file to train on",
      remedy: `write alidade study ${name} train.csv${needsTests ? " --test id=test.csv" : ""}`,
    });
  }
  const tests = testSpecs(values);
  if (needsTests && tests.length === 0) {
    throw new UserError({
      subject: `alidade study ${name}`,
      problem: "needs a test set",
      remedy: "give --test id=test.csv, --test ood:books=books.csv, or both",
    });
  }
  const { effects: _effects, ...read } = readOptions(pick(values, Object.keys(datasetFlags)), quiet);
  const { seed, seeds, budget } = values;
  return {
    data: { files, read },
    tests,
    trainer: trainerSpec(values),
    seed,
    seeds,
    budgets: budget === undefined ? undefined : budgetsOf(budget),
  };
}

function pick<T extends object>(values: T, names: readonly string[]): T {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => names.includes(name) && value !== undefined),
  ) as T;
}

export function budgetsOf(budget: Budget | "both"): Budget[] {
  return budget === "both" ? ["epochs", "steps"] : [budget];
}

/** The trainer with its own options, from `--trainer` and the trainers' flags. */
export function trainerSpec(values: Values<typeof studyInputFlags>): TrainerSpec {
  const given = trainerOptions(values);
  const { trainer: name, epochs } = values;
  const options = {
    ...typedOptions(typing(name, Object.keys(given)), given),
    ...(epochs === undefined ? {} : { epochs }),
  };
  return {
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** The trainer whose schema types the options: the named one, else one that has them all. */
function typing(name: string | undefined, options: readonly string[]): Pick<Trainer, "options"> {
  if (name !== undefined) return findTrainer(name);
  const all = Object.values(builtInTrainers);
  const having = all.filter((trainer) => options.every((option) => optionNames(trainer)?.includes(option)));
  return having.find((trainer) => trainer.options.safeParse({}).success) ?? having[0] ?? findTrainer("ngram");
}

/** `id=test.csv`, `ood=other.csv`, `id:dev=dev.csv`, `ood:books=books.csv` */
export function parseStudyTest(given: string, flag: string): NamedTest {
  const remedy = "write id=test.csv, id:dev=dev.csv, ood=other.csv or ood:books=books.csv";
  const [, head = "", path = ""] = /^([^=/\\]*)=(.+)$/s.exec(given) ?? [];
  const [kind = "", ...rest] = head.split(":").map((part) => part.trim());
  if (path === "" || rest.length > 1 || rest[0] === "") {
    throw new UserError({ subject: flag, problem: "not a kind, a name and a file", value: given, remedy });
  }
  if (kind !== "id" && kind !== "ood") {
    throw new UserError({
      subject: flag,
      problem: "a test set is id (of the training distribution) or ood (of another)",
      value: kind,
      remedy: rest.length > 0 ? remedy : `write id:${kind}=${path} or ood:${kind}=${path}`,
    });
  }
  return { kind, name: rest[0] ?? kind, path };
}

/** `hans=heuristic` */
function namedColumn(given: string, flag: string): NamedColumn {
  const [, test = "", column = ""] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if (column !== "") return { test: test.trim(), column };
  throw new UserError({
    subject: flag,
    problem: "not a test set and a column",
    value: given,
    remedy: "write hans=heuristic",
  });
}

function testSpecs(values: Values<typeof studyInputFlags>): TestSpec[] {
  const { test: tests = [], mapLabels = [], slices = [], cluster = [] } = values;
  const names = tests.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UserError({
      subject: "--test",
      problem: "two test sets have one name",
      value: twice,
      remedy: "name them: --test ood:books=books.csv --test ood:dvd=dvd.csv",
    });
  }
  const known = (flag: string, name: string): void => {
    if (names.includes(name)) return;
    const remedy = names.length > 0 ? `there are ${names.join(", ")}` : "give --test id=file";
    throw new UserError({ subject: flag, problem: "names no test set", value: name, remedy });
  };
  for (const { test } of mapLabels) known("--map-labels", test);
  for (const { test } of slices) known("--slices", test);
  for (const { test } of cluster) known("--cluster", test);
  return tests.map(({ kind, name, path }): TestSpec => {
    const mapping = mapLabels.find((one: NamedMapping) => one.test === name);
    const columns = slices.filter(({ test }) => test === name).map(({ column }) => column);
    const clusters = cluster.find(({ test }) => test === name);
    return {
      name,
      kind,
      files: [path],
      ...(mapping === undefined ? {} : { mapLabels: mapping.mapLabels }),
      ...(columns.length === 0 ? {} : { slices: columns }),
      ...(clusters === undefined ? {} : { cluster: clusters.column }),
    };
  });
}
