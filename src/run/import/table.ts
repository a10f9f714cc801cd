/** A table of gold probabilities: one row an example, one column an epoch. Of any model, generative ones too. */

import { basename } from "node:path";
import { identifier } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import type { DynamicsColumn } from "../manifest.js";
import type { ImportedRun, ImportRequest } from "./imported-run.js";
import { matchRows } from "./match-rows.js";
import { observeProbabilities } from "./observe-probabilities.js";
import { readPredicted } from "./predicted-table.js";
import { SourceTable } from "./source-table.js";
import { tableColumns } from "./table-columns.js";
import { tableLabels } from "./table-labels.js";

/** A softmax in 32 bits may miss 1 by this much. */
const rounding = 1e-6;

export async function readTable(request: ImportRequest): Promise<ImportedRun> {
  const [path, ...more] = request.paths;
  if (path === undefined || more.length > 0) {
    throw new UserError({
      subject: request.paths.join(", "),
      problem: "a table is one file",
      remedy: "give one file",
    });
  }
  const table = await SourceTable.open(path, request.threads);
  try {
    const columns = tableColumns(table);
    for (const column of columns.epochs) await checkProbabilities(table, column, columns.id);
    const own = columns.id === null ? null : await table.ids(columns.id);
    const { ids, places } = matchRows(own, table.size, request.data, path);
    const { gold, labelNames } = await tableLabels(table, columns.gold, places, request);
    const predicted =
      request.predicted === null
        ? null
        : await readPredicted(
            request.predicted,
            { ids: own, places, gold, labelNames, columns, table },
            request.threads,
          );
    const two = labelNames.length === 2;
    const recorded: DynamicsColumn[] = ["gold_probability"];
    if ((two && gold) || predicted) recorded.push("predicted");
    if (two) recorded.push("predicted_probability");
    recorded.push("loss");
    if (two) recorded.push("entropy", "el2n");
    return {
      name: basename(path),
      ids,
      gold,
      labelNames,
      sourceIndex: places,
      numericIds: false,
      columns: recorded,
      logits: "none",
      epochCount: columns.epochs.length,
      notes: [
        `${columns.epochs.length} ${columns.epochs.length === 1 ? "epoch" : "epochs"} from ${columns.epochs.slice(0, 3).join(", ")}${columns.epochs.length > 3 ? ", ..." : ""}; ` +
          (columns.id === null
            ? "no column of ids: rows are numbered."
            : `ids from ${JSON.stringify(columns.id)}.`),
        ...(columns.ignored.length > 0 ? [`Ignored columns: ${columns.ignored.join(", ")}.`] : []),
        ...(two || predicted
          ? []
          : [
              "Gold probabilities alone give no correctness here: add --predicted, or the two labels with --labels.",
            ]),
      ],
      writeCoordinates: null,
      async *epochs(from) {
        for (const [epoch, column] of columns.epochs.entries()) {
          if (epoch < from) continue;
          const values = await table.numbers(`least(1, greatest(0, ${identifier(column)}::DOUBLE))`);
          const probabilities = Float64Array.from(places, (place) => values[place] as number);
          yield observeProbabilities(probabilities, two, gold, predicted?.[epoch] ?? null);
        }
      },
      sources: () => [table.file],
      close: () => Promise.resolve(table.close()),
    };
  } catch (error) {
    table.close();
    throw error;
  }
}

async function checkProbabilities(table: SourceTable, column: string, id: string | null): Promise<void> {
  const value = `TRY_CAST(${identifier(column)} AS DOUBLE)`;
  const named = id === null ? "NULL" : identifier(id);
  const [wrong] = await table.database.json(
    `SELECT rowid AS place, ${identifier(column)}::VARCHAR AS written, ${named}::VARCHAR AS id, ${value} IS NULL AS text ` +
      `FROM source WHERE ${value} IS NULL OR NOT (${value} BETWEEN ${-rounding} AND ${1 + rounding}) LIMIT 1`,
  );
  if (!wrong) return;
  const written = wrong["written"];
  throw new UserError({
    subject: `${table.path}, row ${Number(wrong["place"]) + 1}${typeof wrong["id"] === "string" ? ` (${JSON.stringify(wrong["id"])})` : ""}`,
    problem:
      written === null || written === ""
        ? `no probability in column ${JSON.stringify(column)}`
        : wrong["text"] === true
          ? `not a number in column ${JSON.stringify(column)}`
          : `not a probability in column ${JSON.stringify(column)}`,
    value: written ?? undefined,
    remedy: "give the gold label's probability, from 0 to 1, of every example in every epoch",
  });
}
