/** Writes `examples.parquet`: row, id, label, group, and the source's own columns in one STRUCT. The same dataset gives the same bytes. */

import { DuckDBDataChunk, INTEGER, VARCHAR } from "@duckdb/node-api";
import { identifier, literal } from "../core/duckdb.js";
import type { Dataset } from "./dataset.js";
import type { SourceTable } from "./source-table.js";

const chunkRows = 2048;
let tables = 0;

export async function writeExamplesFile(
  dataset: Dataset,
  source: SourceTable,
  rows: Int32Array | null,
  path: string,
): Promise<void> {
  const table = `examples_${tables++}`;
  const { database } = source;
  await database.run(
    `CREATE TEMP TABLE ${table} ("row" INTEGER, source_row INTEGER, id VARCHAR, label VARCHAR, "group" VARCHAR)`,
  );
  try {
    const appender = await database.connection.createAppender(table, null, "temp");
    const { ids, gold, labelNames, groups, size } = dataset;
    const types = [INTEGER, INTEGER, VARCHAR, VARCHAR, VARCHAR];
    for (let first = 0; first < size; first += chunkRows) {
      const at = Array.from({ length: Math.min(chunkRows, size - first) }, (_, index) => first + index);
      const chunk = DuckDBDataChunk.create(types);
      chunk.setColumns([
        at,
        at.map((row) => rows?.[row] ?? row),
        at.map((row) => ids[row] ?? null),
        at.map((row) => labelNames[gold[row] ?? 0] ?? null),
        at.map((row) => groups?.[row] ?? null),
      ]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const struct = source.columns
      .map(({ name }) => `${identifier(name)} := s.${identifier(name)}`)
      .join(", ");
    const join =
      rows === null
        ? `${table} e POSITIONAL JOIN source s`
        : `${table} e JOIN source s ON s.rowid = e.source_row ORDER BY e."row"`;
    await database.run(
      `COPY (SELECT e."row", e.id, e.label, e."group", struct_pack(${struct}) AS source FROM ${join}) ` +
        `TO ${literal(path)} (FORMAT parquet)`,
    );
  } finally {
    await database.run(`DROP TABLE IF EXISTS ${table}`);
  }
}
