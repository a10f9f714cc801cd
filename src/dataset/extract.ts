/** Columns of a source table as JavaScript arrays, in one streaming pass. */

import type { DuckDBValue } from "@duckdb/node-api";
import type { SourceTable } from "./source-table.js";

/** A column that the pass reads; `json` reads nested values as JSON text. */
export interface Wanted {
  readonly sql: string;
  readonly as: "text" | "json";
}

/** Each wanted column as texts (null where missing), in the order of the rows. */
export async function extract(source: SourceTable, wanted: readonly Wanted[]): Promise<(string | null)[][]> {
  const columns: (string | null)[][] = wanted.map(() => []);
  if (wanted.length === 0) return columns;
  const select = wanted.map(({ sql, as }) =>
    as === "json" ? `to_json(${sql})::VARCHAR` : `${sql}::VARCHAR`,
  );
  for await (const chunk of source.database.chunks(`SELECT ${select.join(", ")} FROM source`)) {
    chunk.forEach((values: readonly DuckDBValue[], index) => {
      const column = columns[index];
      if (column) for (const value of values) column.push(value as string | null);
    });
  }
  return columns;
}
