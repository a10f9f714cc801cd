/** A coordinates file: guid, index, confidence, variability, correctness (a count), as JSON lines or CSV. No dynamics. */

import { basename } from "node:path";
import { identifier, literal } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import type { ImportedRun, ImportRequest } from "./imported-run.js";
import { matchRows } from "./match-rows.js";
import { SourceTable } from "./source-table.js";

/** What the reference writes as the forgetfulness of an example that was never right. */
const neverLearned = 1000;

export async function readCoordinates(request: ImportRequest): Promise<ImportedRun> {
  const [path, ...more] = request.paths;
  if (path === undefined || more.length > 0) {
    throw new UserError({
      subject: request.paths.join(", "),
      problem: "coordinates are one file",
      remedy: "give one file",
    });
  }
  const table = await SourceTable.open(path, request.threads);
  try {
    const id = needed(table, "guid", "id");
    const correct = table.column("correctness");
    const number = (name: string): string => `TRY_CAST(${identifier(name)} AS DOUBLE)`;
    await check(table, needed(table, "confidence"), 1);
    await check(table, needed(table, "variability"), 0.5);
    const largest = correct === null ? 0 : await checkCounts(table, correct, request.totalEpochs);
    const epochCount = request.totalEpochs ?? largest;
    if (correct !== null && epochCount === 0) {
      throw new UserError({
        subject: path,
        problem: "no example was ever right: the number of epochs is not known",
        remedy: "give --total-epochs",
      });
    }
    const { ids, places } = matchRows(await table.ids(id), table.size, request.data, path);
    const index = table.column("index");
    const indices = index === null ? null : await table.numbers(number(index));
    const { data } = request;
    const columns = [
      `${identifier(id)}::VARCHAR AS id`,
      `${number(needed(table, "confidence"))} AS confidence`,
      `${number(needed(table, "variability"))} AS variability`,
      ...(correct === null
        ? []
        : [
            `${number(correct)} / ${epochCount} AS correctness`,
            `${number(correct)}::INTEGER AS correct_epochs`,
            `${number(correct)} > 0 AS learned`,
          ]),
      ...optional(table, "threshold_closeness", (value) => `${value} AS threshold_closeness`),
      ...optional(
        table,
        "forgetfulness",
        (value) => `nullif(${value}, ${neverLearned})::INTEGER AS forgetting`,
      ),
    ];
    return {
      name: basename(path),
      ids,
      gold: data?.gold ?? null,
      labelNames: data?.labelNames ?? [],
      sourceIndex: indices ? Int32Array.from(places, (place) => indices[place] as number) : places,
      numericIds: await numericIds(table, id),
      columns: [],
      logits: "none",
      epochCount,
      notes: [
        ...(correct === null || request.totalEpochs !== null
          ? []
          : [
              `The largest correctness is ${largest}: taken as the number of epochs (--total-epochs says otherwise).`,
            ]),
        "A coordinates file has no dynamics: what it does not say is not known.",
      ],
      async writeCoordinates(target) {
        await placeRows(
          table,
          places,
          data ? Array.from(data.gold, (label) => data.labelNames[label] ?? "") : null,
        );
        await table.database.run(
          `COPY (SELECT places."row", ${columns.join(", ")}, places.label FROM places JOIN source ON source.rowid = places.place ` +
            `ORDER BY places."row") TO ${literal(target)} (FORMAT parquet)`,
        );
      },
      async *epochs() {
        // There are none.
      },
      sources: () => [table.file],
      close: () => Promise.resolve(table.close()),
    };
  } catch (error) {
    table.close();
    throw error;
  }
}

function needed(table: SourceTable, ...names: string[]): string {
  const found = table.column(...names);
  if (found !== null) return found;
  throw new UserError({
    subject: table.path,
    problem: `has no ${names.join(" or ")}, but ${table.columns.join(", ")}`,
    remedy: "a coordinates file has guid, confidence, variability and correctness",
  });
}

function optional(table: SourceTable, name: string, sql: (value: string) => string): string[] {
  const column = table.column(name);
  return column === null ? [] : [sql(`TRY_CAST(${identifier(column)} AS DOUBLE)`)];
}

async function check(table: SourceTable, column: string, most: number): Promise<void> {
  const value = `TRY_CAST(${identifier(column)} AS DOUBLE)`;
  // The confidence interval of the reference's --include_ci may lie a little above the largest deviation.
  const bound = column.toLowerCase() === "variability" ? 1 : most;
  await refuse(
    table,
    `${value} IS NULL OR NOT (${value} BETWEEN 0 AND ${bound} + 1e-6)`,
    column,
    `not a ${column} from 0 to ${most}`,
  );
}

/** @returns the largest count */
async function checkCounts(table: SourceTable, column: string, total: number | null): Promise<number> {
  const value = `TRY_CAST(${identifier(column)} AS DOUBLE)`;
  await refuse(
    table,
    `${value} IS NULL OR NOT (${value} BETWEEN 0 AND 1e6) OR ${value} <> floor(${value})`,
    column,
    "correctness is not a number of epochs",
  );
  if (total !== null)
    await refuse(
      table,
      `${value} > ${total}`,
      column,
      `correctness is more than the ${total} epochs of --total-epochs`,
    );
  return Number(await table.database.value(`SELECT max(${value}) FROM source`));
}

async function refuse(table: SourceTable, condition: string, column: string, problem: string): Promise<void> {
  const [wrong] = await table.database.json(
    `SELECT rowid AS place, ${identifier(column)}::VARCHAR AS written FROM source WHERE ${condition} LIMIT 1`,
  );
  if (!wrong) return;
  const subject = `${table.path}, row ${Number(wrong["place"]) + 1}`;
  throw new UserError({ subject, problem, value: wrong["written"] ?? "nothing", remedy: "check the file" });
}

async function numericIds(table: SourceTable, id: string): Promise<boolean> {
  const type = await table.database.value(`SELECT typeof(${identifier(id)}) FROM source LIMIT 1`);
  return typeof type === "string" && type.endsWith("INT");
}

/** A table of each row, its place in the source, and its label. */
async function placeRows(
  table: SourceTable,
  places: Int32Array,
  labels: readonly string[] | null,
): Promise<void> {
  await table.database.run(
    `CREATE OR REPLACE TEMP TABLE places ("row" INTEGER, place INTEGER, label VARCHAR)`,
  );
  const appender = await table.database.connection.createAppender("places");
  places.forEach((place, row) => {
    appender.appendInteger(row);
    appender.appendInteger(place);
    if (labels) appender.appendVarchar(labels[row] ?? "");
    else appender.appendNull();
    appender.endRow();
  });
  appender.closeSync();
}
