/** Writes `examples.parquet` of an imported run. */

import { rm } from "node:fs/promises";
import { fileLiteral, literal, withDatabase } from "../../core/duckdb.js";
import type { Dataset } from "../../dataset/dataset.js";
import { writeTable } from "../table-file.js";
import type { Column } from "../table-column.js";
import type { ImportedRun } from "./imported-run.js";

type Rows = Pick<ImportedRun, "ids" | "gold" | "labelNames" | "sourceIndex">;

/**
 * The examples as far as dynamics know them: row, id, label, and `source_index`, the example's place in the source. With
 * data, the data's own columns are there too.
 */
export async function writeImportedExamples(path: string, rows: Rows, data: Dataset | null): Promise<void> {
  const [examples, known] = [`${path}.examples`, `${path}.known`] as const;
  try {
    const columns: Column[] = [{ name: "source_index", kind: "number", values: rows.sourceIndex }];
    if (data) {
      await data.writeExamples(examples);
    } else {
      columns.push({ name: "row", kind: "row" }, { name: "id", kind: "text", values: rows.ids });
      if (rows.gold) columns.push({ name: "gold", kind: "number", values: rows.gold });
    }
    await writeTable(known, columns, { first: 0, count: rows.ids.length });
    const label = rows.gold ? `[${rows.labelNames.map(literal).join(", ")}][gold + 1]` : "NULL::VARCHAR";
    const select = data
      ? `SELECT e.*, k.source_index FROM read_parquet(${fileLiteral(examples)}) e ` +
        `POSITIONAL JOIN read_parquet(${fileLiteral(known)}) k`
      : `SELECT "row", id, ${label} AS label, NULL::VARCHAR AS "group", NULL::STRUCT(guid VARCHAR) AS source, source_index ` +
        `FROM read_parquet(${fileLiteral(known)})`;
    await withDatabase({ threads: 1 }, (database) =>
      database.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`),
    );
  } finally {
    await rm(examples, { force: true });
    await rm(known, { force: true });
  }
}
