/** The second table of a table of probabilities: what the model predicted, one row an example, one column an epoch. */

import { UserError } from "../../core/errors.js";
import { matchRows } from "./match-rows.js";
import { SourceTable } from "./source-table.js";
import { tableColumns } from "./table-columns.js";
import type { TableColumns } from "./table-columns.js";
import { labelIndex } from "./table-labels.js";

interface FirstTable {
  /** Its ids in its own order; null where it has none. */
  readonly ids: readonly string[] | null;
  /** Of each row of the run its place in the first table. */
  readonly places: Int32Array;
  readonly gold: Int32Array | null;
  readonly labelNames: readonly string[];
  readonly columns: TableColumns;
  readonly table: SourceTable;
}

/** Indices of the predicted labels: one array an epoch, by row of the run. */
export async function readPredicted(path: string, first: FirstTable, threads: number): Promise<Int32Array[]> {
  if (first.gold === null) {
    throw new UserError({
      subject: path,
      problem: "predictions are right or wrong only where gold labels are known",
      remedy: "give --data, or a column `gold` in the table of probabilities",
    });
  }
  const table = await SourceTable.open(path, threads);
  try {
    const columns = tableColumns(table);
    if (columns.epochs.length !== first.columns.epochs.length) {
      throw new UserError({
        subject: path,
        problem: `${columns.epochs.length} epochs, but ${first.table.path} has ${first.columns.epochs.length}`,
        remedy: "both tables need one column an epoch",
      });
    }
    if (table.size !== first.table.size) {
      throw new UserError({
        subject: path,
        problem: `${table.size} rows, but ${first.table.path} has ${first.table.size}`,
        remedy: "both tables need one row an example",
      });
    }
    const placeOf = await placesHere(table, columns.id, first);
    const epochs: Int32Array[] = [];
    for (const column of columns.epochs) {
      const texts = await table.texts(column);
      epochs.push(
        first.places.map((place) => {
          const here = placeOf(place);
          const subject = `${path}, row ${here + 1}, column ${JSON.stringify(column)}`;
          return labelIndex(texts[here] ?? "", first.labelNames, subject);
        }),
      );
    }
    return epochs;
  } finally {
    table.close();
  }
}

/** From a place in the first table to the place of the same example in this one. */
async function placesHere(
  table: SourceTable,
  id: string | null,
  first: FirstTable,
): Promise<(place: number) => number> {
  if (id === null || first.ids === null) return (place) => place;
  const ids = await table.ids(id);
  matchRows(ids, table.size, null, table.path);
  const places = new Map(ids.map((name, place) => [name, place]));
  return (place) => {
    const name = first.ids?.[place] ?? "";
    const here = places.get(name);
    if (here === undefined) {
      throw new UserError({
        subject: table.path,
        problem: `lacks an example of ${first.table.path}`,
        value: name,
        remedy: "both tables need the same ids",
      });
    }
    return here;
  };
}
