/** A study's YAML file: read, checked to the last key, made whole. A mistake is told by its line. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { nearest, UserError } from "../../core/errors.js";
import { checkRecipe } from "../../select/check-recipe.js";
import { parseOptions } from "../../train/parse-options.js";
import { findTrainer } from "../../train/registry.js";
import { armName } from "./arm-name.js";
import { defaultPrimary } from "./primary.js";
import { inputsSchema, keysAt, studySchema, type InputsFile, type StudyFile } from "./spec-schema.js";
import { excludedIds, pathIn, type ExcludedIds } from "./spec-paths.js";
import {
  defaultExecution,
  defaultSeeds,
  type ArmSpec,
  type Budget,
  type DataSpec,
  type MapSpec,
  type PrimaryComparison,
  type StudySpec,
  type TestSpec,
  type TrainerSpec,
} from "./spec.js";
import { YamlFile } from "./yaml-place.js";

/**
 * Reads a study. Its files' paths are relative to its own; `$NAME` in one is the environment's.
 *
 * @throws UserError naming the line, and the nearest key where one is unknown
 */
export async function readStudyFile(path: string): Promise<StudySpec> {
  const text = await content(path);
  const { file, given } = parse(path, text, studySchema);
  return parseStudy(path, text, await excludedIds(file, given));
}

/** Everything in a study's file but its arms. */
export type StudyFileInputs = Omit<StudySpec, "arms" | "primary" | "budgets"> & {
  /** null: not said. */
  readonly budgets: readonly Budget[] | null;
};

/** Reads a study's file that has no arms: what a built-in study is made for. @throws UserError as `readStudyFile` does */
export async function readStudyInputs(path: string): Promise<StudyFileInputs> {
  return parseStudyInputs(path, await content(path));
}

/**
 * @param path of the file, for messages and for the paths in it
 * @param excluded ids in the files that arms exclude
 */
export function parseStudy(path: string, text: string, excluded: ExcludedIds = new Map()): StudySpec {
  const { file, given } = parse(path, text, studySchema);
  const inputs = inputsOf(given, file);
  const arms = given.arms.flatMap((arm, index) => armsOf(arm, ["arms", index], file, excluded));
  const names = arms.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) {
    throw new UserError({
      subject: file.subject(["arms"]),
      problem: "two arms of one name",
      value: names[twice],
      remedy: "give one of them a name: of its own",
    });
  }
  const { primary } = given;
  return {
    ...inputs,
    budgets: inputs.budgets ?? ["epochs"],
    arms,
    primary: primary === undefined ? defaultPrimary(arms) : primaryOf(primary, names, inputs.tests, file),
  };
}

export function parseStudyInputs(path: string, text: string): StudyFileInputs {
  const { file, given } = parse(path, text, inputsSchema);
  return inputsOf(given, file);
}

async function content(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      remedy: "name a study's YAML file; alidade study init writes one",
      cause,
    });
  }
}

function parse<T>(path: string, text: string, schema: z.ZodType<T>): { file: YamlFile; given: T } {
  const file = new YamlFile(path, text);
  const value = file.value();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError({
      subject: path,
      problem: "not a study: it has no keys",
      remedy: "alidade study init writes an example",
    });
  }
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { file, given: parsed.data };
  // A key that is not known explains one that is missing.
  const { issues } = parsed.error;
  throw mistake(file, issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0], schema);
}

function inputsOf(given: InputsFile, file: YamlFile): StudyFileInputs {
  const tests = Object.entries(given.tests).map(
    ([name, { kind, mapLabels, slices, cluster, ...rest }]): TestSpec => {
      return { name, kind, mapLabels, slices, cluster, ...dataSpec(rest, ["tests", name], file) };
    },
  );
  if (tests.length === 0) {
    throw new UserError({
      subject: file.subject(["tests"]),
      problem: "a study needs a test set",
      remedy: "write tests: and under it a name with kind: id or ood, and file:",
    });
  }
  checkTrainer(given.trainer, ["trainer"], file);
  checkMap(given.map, ["map"], file);
  const { budget } = given;
  return {
    name: given.name ?? stem(file.path),
    data: dataSpec(given.data, ["data"], file),
    tests,
    trainer: given.trainer ?? {},
    map: given.map ?? {},
    seed: given.seed ?? 0,
    seeds: given.seeds ?? defaultSeeds,
    budgets: budget === undefined ? null : budget === "both" ? ["epochs", "steps"] : [budget],
    execution: {
      jobs: given.jobs ?? defaultExecution.jobs,
      retries: given.retries ?? defaultExecution.retries,
      timeLimit: given.timeLimit ?? defaultExecution.timeLimit,
    },
  };
}

function stem(path: string): string {
  const [name = ""] = basename(path).split(".");
  return name === "" ? "study" : name;
}

function dataSpec(
  { file: paths, ...read }: StudyFile["data"],
  at: readonly PropertyKey[],
  file: YamlFile,
): DataSpec {
  const files = paths.map((given) => pathIn(file, given, [...at, "file"]));
  return Object.keys(read).length === 0 ? { files } : { files, read: read };
}

function armsOf(
  arm: StudyFile["arms"][number],
  path: PropertyKey[],
  file: YamlFile,
  excluded: ExcludedIds,
): ArmSpec[] {
  const { name, by, fraction, map, trainer, train, excludeFile, ...rest } = arm;
  checkTrainer(trainer, [...path, "trainer"], file);
  checkMap(map, [...path, "map"], file);
  const shared = { map, trainer, train };
  if (by.includes("all")) {
    const beside = Object.keys({
      ...rest,
      ...(fraction && { fraction }),
      ...(excludeFile && { excludeFile }),
    })[0];
    if (by.length > 1 || beside !== undefined) {
      throw new UserError({
        subject: file.subject(path, beside),
        problem: "`all` is the whole training set, and takes no",
        value: beside ?? "other strategy",
        remedy: "leave it out, or name a strategy",
      });
    }
    return [{ name: name ?? armName(null), recipe: null, ...shared }];
  }
  if ((fraction === undefined) === (rest.count === undefined)) {
    throw new UserError({
      subject: file.subject(path),
      problem: fraction === undefined ? "an arm needs its size" : "an arm has fraction and count",
      value: by.join(", "),
      remedy: "give fraction: 0.33, or count: 1000",
    });
  }
  for (const one of by) at(file, path, () => checkRecipe({ ...rest, by: one }));
  const mixed = (rest.mix ?? []).reduce((sum, part) => sum + part.share, 0);
  if (mixed > 1 + 1e-9) {
    throw new UserError({
      subject: file.subject([...path, "mix"]),
      problem: "the shares of a mix are more than the whole",
      value: mixed,
      remedy: "let them add up to at most 1",
    });
  }
  const exclude = [
    ...new Set([...(rest.exclude ?? []), ...(excludeFile ?? []).flatMap((one) => excluded.get(one) ?? [])]),
  ].sort();
  const recipes = by.flatMap((one) =>
    (fraction ?? [undefined]).map((size) => ({
      by: one,
      fraction: size,
      ...rest,
      ...(excludeFile && { exclude }),
    })),
  );
  if (name !== undefined && recipes.length > 1) {
    throw new UserError({
      subject: file.subject(path, "name"),
      problem: `one name for ${recipes.length} arms`,
      value: name,
      remedy: "leave it out, or write an arm for each",
    });
  }
  return recipes.map((recipe) => ({ name: name ?? armName(recipe), recipe, ...shared }));
}

function checkTrainer(trainer: TrainerSpec | undefined, path: PropertyKey[], file: YamlFile): void {
  if (trainer?.name === undefined) return;
  const { name, options } = trainer;
  at(file, path, () => parseOptions(findTrainer(name), options));
}

function checkMap(map: MapSpec | undefined, path: PropertyKey[], file: YamlFile): void {
  checkTrainer(map?.trainer, [...path, "trainer"], file);
  if (map?.folds === undefined || map.protocol === "held-out") return;
  throw new UserError({
    subject: file.subject(path, "folds"),
    problem: "only held-out has folds",
    remedy: "write protocol: held-out, or leave folds out",
  });
}

function primaryOf(
  given: NonNullable<StudyFile["primary"]>,
  arms: readonly string[],
  tests: readonly TestSpec[],
  file: YamlFile,
): PrimaryComparison[] {
  const known = (name: string, names: readonly string[], what: string, path: PropertyKey[]): void => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    throw new UserError({
      subject: file.subject(path),
      problem: `no ${what} of this name`,
      value: name,
      remedy: near === null ? `there are ${names.join("; ")}` : `did you mean ${near}?`,
    });
  };
  given.forEach(({ arm, against, tests: named = [] }, index) => {
    known(arm, arms, "arm", ["primary", index, "arm"]);
    known(against, arms, "arm", ["primary", index, "against"]);
    for (const test of named)
      known(
        test,
        tests.map(({ name }) => name),
        "test set",
        ["primary", index, "tests"],
      );
  });
  return given;
}

/** What others complain of, with the line that it is about. */
function at<T>(file: YamlFile, path: readonly PropertyKey[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { subject, problem, value, remedy } = error.parts;
    // What the command line has an option for is a key here.
    const keyed = (text: string): string => text.replace(/--([a-z-]+)/g, (_, flag: string) => camel(flag));
    const named = ["--by", "--mix", "--trainer"].includes(subject);
    const about = subject.startsWith("--")
      ? `${named ? "" : `${keyed(subject)} `}${problem}`
      : `${subject}: ${problem}`;
    throw new UserError({
      subject: file.subject(path),
      problem: keyed(about),
      value,
      remedy: remedy && keyed(remedy),
      cause: error,
    });
  }
}

function camel(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function mistake(file: YamlFile, issue: z.core.$ZodIssue | undefined, schema: z.ZodType): UserError {
  if (issue === undefined) return new UserError({ subject: file.path, problem: "not a study" });
  const { path } = issue;
  const key = path.findLast((step) => typeof step === "string") ?? "";
  if (issue.code === "unrecognized_keys") {
    const [unknown = ""] = issue.keys;
    const known = keysAt(schema, path);
    const near = nearest(unknown, known);
    return new UserError({
      subject: file.subject(path, unknown),
      problem: "unknown key",
      value: unknown,
      remedy: near === null ? `here may stand ${known.join(", ")}` : `did you mean ${near}?`,
    });
  }
  const missing = issue.input === undefined;
  return new UserError({
    subject: file.subject(path),
    problem: missing ? `${String(key)} is missing` : `${String(key)} ${problemOf(issue)}`,
    value: missing || typeof issue.input === "object" ? undefined : issue.input,
    remedy: "alidade study init writes an example of every key",
  });
}

/** What zod calls a type, as who writes YAML calls it. */
const yamlWords: Readonly<Record<string, string>> = {
  int: "a whole number",
  array: "a list",
  record: "a group of keys",
  object: "a group of keys",
  string: "a text",
  boolean: "true or false",
};

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return issue.origin === "array"
        ? "must not be empty"
        : `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
    case "invalid_type":
      return `must be ${yamlWords[issue.expected] ?? `a ${issue.expected}`}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return key(issue);
    default:
      return `is not valid (${issue.message})`;
  }
}

function key(issue: z.core.$ZodIssueInvalidUnion): string {
  const last = issue.path.at(-1);
  if (last === "seeds") return "must be a whole number from 1, or a list of seeds";
  return "must be own, training, or a whole number from 0";
}
