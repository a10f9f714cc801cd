/** Examples as exports need them: in the order of the source that was imported, ids in the form they had there. */

import { fileLiteral } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { layout } from "../run/layout.js";
import type { Run } from "../run/reader.js";

export interface ExportOrder {
  /** SQL: the column of `examples.parquet` that gives the order; null: the order of the rows. */
  readonly column: "source_index" | null;
  /** Ids are written as numbers. */
  readonly numericIds: boolean;
}

/** The order of a run's export: first appearance in the source's first epoch, where the importer kept it. */
export async function exportOrder(database: Database, run: Run): Promise<ExportOrder> {
  const file = layout.examples(run.folder);
  const columns = await database.rows(`DESCRIBE SELECT * FROM read_parquet(${fileLiteral(file)})`);
  const kept = columns.some((column) => column["column_name"] === "source_index");
  return { column: kept ? "source_index" : null, numericIds: run.manifest.imported?.numericIds ?? false };
}
