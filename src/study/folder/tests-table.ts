/** `tests.parquet`: every test example with its cluster, so that predictions can be read without the files that they are of. */

import { stat } from "node:fs/promises";
import { fileLiteral, literal, withDatabase } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { studyLayout } from "./layout.js";
import { publishTable } from "./publish-table.js";
import type { OpenTest } from "../plan/read-inputs.js";
import type { TestClusters } from "../results/results.js";

/** Writes it for all test sets, in their order. */
export async function writeTests(study: string, tests: Iterable<OpenTest>): Promise<void> {
  const names: string[] = [];
  const ids: string[] = [];
  const labels: string[] = [];
  const row: number[] = [];
  const clusters: number[] = [];
  for (const { name, dataset, cluster } of tests) {
    const numbers = cluster === null ? null : denseNumbers(cluster);
    for (let i = 0; i < dataset.size; i++) {
      names.push(name);
      ids.push(dataset.ids[i] ?? "");
      labels.push(dataset.labelNames[dataset.gold[i] ?? 0] ?? "");
      row.push(i);
      clusters.push(numbers?.[i] ?? -1);
    }
  }
  await publishTable(
    study,
    studyLayout.tests(study),
    [
      { name: "test", kind: "text", values: names },
      { name: "row", kind: "number", values: Int32Array.from(row) },
      { name: "id", kind: "text", values: ids },
      { name: "label", kind: "text", values: labels },
      { name: "cluster", kind: "number", values: Int32Array.from(clusters) },
    ],
    row.length,
  );
}

/** 0-based, in the order of first appearance; an example without a value is a cluster of its own. */
export function denseNumbers(values: readonly (string | null)[]): Int32Array {
  const numbers = new Map<string, number>();
  let next = 0;
  return Int32Array.from(values, (value) => {
    if (value === null) return next++;
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, next);
    return next++;
  });
}

/** The clusters of a test set. @throws UserError where the table is missing or damaged */
export async function readClusters(study: string, test: string): Promise<TestClusters> {
  const path = studyLayout.tests(study);
  try {
    await stat(path);
    return await withDatabase({ threads: 1 }, async (database) => {
      const rows = await database.rows(
        `SELECT cluster FROM read_parquet(${fileLiteral(path)}) WHERE test = ${literal(test)}`,
      );
      const cluster = Int32Array.from(rows, (row) => Number(row["cluster"]));
      return { test, cluster: cluster.some((number) => number >= 0) ? cluster : null };
    });
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "missing or damaged",
      remedy: "run the study again: nothing is trained anew",
      cause,
    });
  }
}
