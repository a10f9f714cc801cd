/** The source's own columns, as a run's examples keep them: fields of one STRUCT, in their order. */

import type { Database } from "../core/duckdb.js";

export interface SourceColumn {
  readonly name: string;
  /** As DuckDB writes it. */
  readonly type: string;
}

/** @param examples SQL of the table of examples. @returns none where they have no columns of their own */
export async function sourceColumns(database: Database, examples: string): Promise<SourceColumn[]> {
  const columns = await database.rows(`DESCRIBE SELECT * FROM ${examples}`);
  const type = String(columns.find((column) => column["column_name"] === "source")?.["column_type"] ?? "");
  if (!type.startsWith("STRUCT")) return [];
  const fields = await database.rows(`DESCRIBE SELECT unnest(source) FROM ${examples}`);
  return fields.map((field) => ({ name: String(field["column_name"]), type: String(field["column_type"]) }));
}
