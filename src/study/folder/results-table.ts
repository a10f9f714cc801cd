/** `results.parquet`: one line a cell and test set, in the order of the plan. Lists and shares are LISTs of STRUCTs. */

import { rm, stat, writeFile } from "node:fs/promises";
import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { studyLayout } from "./layout.js";
import { publishFile } from "./publish-table.js";
import type { CellResult } from "../results/results.js";

const shares = "STRUCT(label VARCHAR, share DOUBLE)[]";

/** Column, its type, and the field that it holds. */
const columns: readonly (readonly [name: string, type: string, field: keyof CellResult])[] = [
  ["cell", "VARCHAR", "cell"],
  ["arm", "VARCHAR", "arm"],
  ["by", "VARCHAR", "by"],
  ["fraction", "DOUBLE", "fraction"],
  ["balanced", "BOOLEAN", "balanced"],
  ["mix_by", "VARCHAR", "mixBy"],
  ["mix_share", "DOUBLE", "mixShare"],
  ["map_trainer", "VARCHAR", "mapTrainer"],
  ["trainer", "VARCHAR", "trainer"],
  ["budget", "VARCHAR", "budget"],
  ["n", "INTEGER", "n"],
  ["epochs", "DOUBLE", "epochs"],
  ["updates", "BIGINT", "updates"],
  ["replicate", "INTEGER", "replicate"],
  ["map_seed", "BIGINT", "mapSeed"],
  ["selection_seed", "BIGINT", "selectionSeed"],
  ["training_seed", "BIGINT", "trainingSeed"],
  ["train_accuracy", "DOUBLE", "trainAccuracy"],
  ["train_majority", "DOUBLE", "trainMajority"],
  ["state", "VARCHAR", "state"],
  ["test", "VARCHAR", "test"],
  ["kind", "VARCHAR", "kind"],
  ["test_size", "INTEGER", "testSize"],
  ["test_majority", "DOUBLE", "testMajority"],
  ["accuracy", "DOUBLE", "accuracy"],
  ["macro_f1", "DOUBLE", "macroF1"],
  ["matthews", "DOUBLE", "matthews"],
  ["loss", "DOUBLE", "loss"],
  ["per_label", "STRUCT(label VARCHAR, n INTEGER, recall DOUBLE, precision DOUBLE, f1 DOUBLE)[]", "perLabel"],
  ["slices", 'STRUCT("column" VARCHAR, value VARCHAR, n INTEGER, accuracy DOUBLE)[]', "slices"],
  ["train_labels", shares, "trainLabels"],
  ["predicted_labels", shares, "predictedLabels"],
  ["seconds", "DOUBLE", "seconds"],
  ["map_seconds", "DOUBLE", "mapSeconds"],
  ["started", "VARCHAR", "started"],
  ["host", "VARCHAR", "host"],
];

/** Replaces the table. The same results give the same rows in the same order. */
export async function writeResults(study: string, results: readonly CellResult[]): Promise<void> {
  const path = studyLayout.results(study);
  await publishFile(study, path, async (beside) => {
    const lines = `${beside}.jsonl`;
    try {
      await writeFile(lines, results.map((result) => `${JSON.stringify(toRow(result))}\n`).join(""));
      const types = columns.map(([name, type]) => `"${name}": '${type}'`).join(", ");
      const source =
        results.length === 0
          ? `SELECT ${columns.map(([name, type]) => `NULL::${type} AS "${name}"`).join(", ")} LIMIT 0`
          : `SELECT * FROM read_json(${fileLiteral(lines)}, format = 'newline_delimited', columns = {${types}})`;
      await withDatabase({ threads: 1 }, (database) =>
        database.run(`COPY (${source}) TO ${fileLiteral(beside)} (FORMAT parquet)`),
      );
    } finally {
      await rm(lines, { force: true });
    }
  });
}

/** Reads the table. @throws UserError where it is missing or damaged */
export async function readResults(study: string): Promise<CellResult[]> {
  const path = studyLayout.results(study);
  if (!(await stat(path).catch(() => null))) {
    throw new UserError({
      subject: study,
      problem: "has no results yet",
      remedy: "run its study, or name a study's folder",
    });
  }
  try {
    const rows = await withDatabase({ threads: 1 }, (database) =>
      database.json(`SELECT * FROM read_parquet(${fileLiteral(path)})`),
    );
    return rows.map(fromRow);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      remedy: "delete it and run the study again: nothing is trained anew",
      cause,
    });
  }
}

function toRow(result: CellResult): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(([name, type, field]) => {
      const value = result[field];
      return [
        name,
        type === shares
          ? Object.entries(value as object).map(([label, share]) => ({ label, share: share as number }))
          : value,
      ];
    }),
  );
}

function fromRow(row: Record<string, unknown>): CellResult {
  const fields = columns.map(([name, type, field]): [string, unknown] => {
    const value = row[name];
    if (type === "BIGINT") return [field, (value ?? null) === null ? null : Number(value)];
    if (type !== shares) return [field, value];
    const pairs = value as readonly { readonly label: string; readonly share: number }[];
    return [field, Object.fromEntries(pairs.map(({ label, share }) => [label, share]))];
  });
  return Object.fromEntries(fields) as unknown as CellResult;
}
