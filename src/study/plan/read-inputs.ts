/** Reads a study's data and test sets, and says what of them the results depend on. */

import { UserError } from "../../core/errors.js";
import type { Effects } from "../../core/effects.js";
import type { Dataset } from "../../dataset/dataset.js";
import { autoGroup } from "../../dataset/duplicates/auto-group.js";
import { duplicateGroups } from "../../dataset/duplicates/group-duplicates.js";
import { nearDuplicatesVersion } from "../../dataset/duplicates/options.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { sourceColumn } from "../../dataset/source-column.js";
import { planTests, type PlannedTest } from "../../train/test-sets.js";
import type { Trainer } from "../../train/trainer.js";
import type { DescribedData, DescribedInputs } from "./plan.js";
import type { DataSpec, StudySpec, TestSpec } from "../spec/spec.js";
import type { Plain } from "./step.js";

/** A test set in memory. */
export interface OpenTest extends PlannedTest {
  /** Values of the slice columns, by column. */
  readonly slices: ReadonlyMap<string, readonly (string | null)[]>;
  /** Values of the cluster column; null: every example stands alone. */
  readonly cluster: readonly (string | null)[] | null;
}

export interface OpenInputs {
  readonly dataset: Dataset;
  readonly tests: ReadonlyMap<string, OpenTest>;
  close(): void;
}

/**
 * Reads everything that a study trains on and tests on.
 *
 * @param trainer checks that it reads the input and can predict
 * @param signal stops the search for near duplicates, which throws `Stopped` then
 * @throws UserError where a file, a column, a label or a test set does not fit
 */
export async function openInputs(
  { data, tests: specs }: Pick<StudySpec, "data" | "tests">,
  trainer: (dataset: Dataset) => Trainer,
  effects: Effects,
  signal?: AbortSignal,
): Promise<OpenInputs> {
  const dataset = await readDataset(data.files, { ...data.read, effects }, signal);
  const opened: Dataset[] = [dataset];
  const close = (): void => {
    for (const one of opened) one.close();
  };
  try {
    const tests = new Map<string, OpenTest>();
    for (const spec of specs) {
      const test = await readDataset(spec.files, testReading(spec, data, dataset, effects));
      opened.push(test);
      const [planned] = planTests(dataset, trainer(dataset), {
        tests: { [spec.name]: { dataset: test, mapLabels: spec.mapLabels } },
      });
      if (planned === undefined) continue;
      tests.set(spec.name, { ...planned, ...(await extraColumns(spec, test, signal)) });
    }
    return { dataset, tests, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Columns are looked for by the training set's names; how a file is read holds for all of them, which rows does not. */
function testReading(
  spec: TestSpec,
  { read = {} }: DataSpec,
  dataset: Dataset,
  effects: Effects,
): Parameters<typeof readDataset>[1] {
  const { encoding, missingLabels, choiceBase } = read;
  // What comes from one place has one layout; of another's file only its own words say.
  const preset = spec.kind === "id" && spec.read === undefined ? read.preset : undefined;
  return { encoding, missingLabels, choiceBase, preset, ...spec.read, rolesFrom: dataset.roles, effects };
}

async function extraColumns(
  { name, slices = [], cluster }: TestSpec,
  test: Dataset,
  signal: AbortSignal | undefined,
): Promise<Pick<OpenTest, "slices" | "cluster">> {
  const read = async (column: string, what: string): Promise<(string | null)[]> => {
    try {
      return await sourceColumn(test, column, what);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError({ ...error.parts, subject: `test set ${name}`, cause: error });
    }
  };
  const values = new Map<string, (string | null)[]>();
  for (const column of slices) values.set(column, await read(column, "slices"));
  if (cluster === undefined) return { slices: values, cluster: null };
  if (cluster === autoGroup) return { slices: values, cluster: await duplicateGroups(test, {}, signal) };
  return { slices: values, cluster: await read(cluster, "cluster") };
}

/** What a plan has to know of them. */
export function describeInputs(
  { tests: specs, data }: Pick<StudySpec, "data" | "tests">,
  { dataset, tests }: OpenInputs,
): DescribedInputs {
  return {
    data: describe(dataset, { ...data.read }),
    tests: Object.fromEntries(
      specs.flatMap((spec) => {
        const test = tests.get(spec.name);
        if (test === undefined) return [];
        const { mapLabels, slices } = spec;
        return [[spec.name, describe(test.dataset, { ...spec.read, mapLabels, slices })]];
      }),
    ),
  };
}

function describe(dataset: Dataset, options: Plain & object): DescribedData {
  const { sources, roles, size, labelNames } = dataset;
  return {
    content: sources.map(({ path, sha256 }) => sha256 ?? unhashed(path)),
    reading: {
      ...options,
      ...roles,
      labels: labelNames,
      ...(roles.group === autoGroup && { groups: nearDuplicatesVersion }),
    },
    size,
    labelNames,
  };
}

function unhashed(path: string): never {
  throw new UserError({
    subject: path,
    problem: "a study reads its files again in every worker, and this cannot be read twice",
    remedy: "save it to a file first",
  });
}
