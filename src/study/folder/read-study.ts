/** All that a report needs, read from a study's folder. */

import { fileLiteral, literal, withDatabase } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { studyLayout } from "./layout.js";
import { openStudyManifest, type StudyManifest } from "./manifest.js";
import { lineKey } from "../plan/progress.js";
import type { StudyResults, TestClusters, TestOutcomes } from "../results/results.js";
import { readResults } from "./results-table.js";
import { readFailures } from "./status.js";
import { readClusters } from "./tests-table.js";

export interface StoredStudy extends StudyResults {
  readonly folder: string;
  /** The spec with its primary comparisons, the arms of all rounds, the lines of the plan, the command that goes on with it. */
  readonly manifest: StudyManifest;
}

/** @throws UserError where the folder holds no study, no results yet, or damaged files */
export async function readStudy(folder: string): Promise<StoredStudy> {
  const manifest = await openStudyManifest(folder);
  const results = await readResults(folder);
  const clusters = new Map<string, TestClusters>();
  for (const { name } of manifest.spec.tests) clusters.set(name, await readClusters(folder, name));
  const failed = await readFailures(folder, new Set(manifest.steps.map(({ key }) => key)));
  const reasons = new Map(failed.map(({ key, attempts }) => [key, attempts.at(-1)?.reason ?? ""]));
  const failures = manifest.lines.flatMap((line) => {
    const keys = [lineKey(line), line.selection, line.map].filter((key) => key !== null);
    const key = keys.find((one) => reasons.has(one));
    return key === undefined
      ? []
      : [{ cell: lineKey(line) ?? key, arm: line.arm, reason: reasons.get(key) ?? "" }];
  });
  const outcomes = new Map<string, Promise<TestOutcomes>>();
  return {
    folder,
    manifest,
    results,
    clusters,
    failures,
    outcomes: (cell, test) => {
      // One comparison after another asks for the same.
      const key = `${cell} ${test}`;
      const known = outcomes.get(key) ?? readOutcomes(folder, cell, test);
      outcomes.set(key, known);
      return known;
    },
  };
}

async function readOutcomes(folder: string, cell: string, test: string): Promise<TestOutcomes> {
  const path = studyLayout.predictions(folder, cell);
  try {
    return await withDatabase({ threads: 1 }, async (database) => {
      const right: number[] = [];
      const losses: number[] = [];
      // Column by column: an object a row costs more than all that is computed of it.
      for await (const [correct = [], loss = []] of database.chunks(
        `SELECT correct::INTEGER, loss::DOUBLE FROM read_parquet(${fileLiteral(path)}) WHERE test = ${literal(test)}`,
      )) {
        for (const value of correct) right.push(Number(value));
        for (const value of loss) losses.push(Number(value));
      }
      return { cell, test, correct: Uint8Array.from(right), losses: Float32Array.from(losses) };
    });
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "missing or damaged",
      remedy: `delete cells/${cell}.json beside it and run the study again: the cell is done anew`,
      cause,
    });
  }
}
