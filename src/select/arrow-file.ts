/** A query's result as an Arrow IPC file. */

import {
  DuckDBListType,
  DuckDBStructType,
  DuckDBTypeId,
  JSDuckDBValueConverter,
  type DuckDBType,
} from "@duckdb/node-api";
import {
  bool,
  columnFromArray,
  type DataType,
  field,
  float32,
  float64,
  int64,
  list,
  struct,
  tableFromColumns,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";
import type { Database } from "../core/duckdb.js";
import { identifier } from "../core/duckdb.js";
import { InternalError } from "../core/errors.js";

/** The bytes of an Arrow file with the columns of a query. Texts, numbers, truth values, lists and structs keep their types; the rest is text. */
export async function arrowFile(database: Database, sql: string): Promise<Uint8Array> {
  const shape = await database.connection.stream(`SELECT * FROM (${sql}) LIMIT 0`);
  const names = shape.columnNames();
  const types = shape.columnTypes().map(arrowType);
  const selected = names.map((name, i) =>
    types[i] === null ? `${identifier(name)}::VARCHAR AS ${identifier(name)}` : identifier(name),
  );
  const result = await database.connection.stream(`SELECT ${selected.join(", ")} FROM (${sql})`);
  const values: unknown[][] = names.map(() => []);
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
    chunk.convertColumns(JSDuckDBValueConverter).forEach((column, i) => {
      for (const value of column) values[i]?.push(value);
    });
  }
  const columns = names.map((name, i): [string, ReturnType<typeof columnFromArray>] => [
    name,
    columnFromArray(values[i] ?? [], types[i] ?? utf8()),
  ]);
  const bytes = tableToIPC(tableFromColumns(columns), { format: "file" });
  if (bytes === null) throw new InternalError("an Arrow file without bytes");
  return bytes;
}

/** null: has no counterpart, written as text. */
function arrowType(type: DuckDBType): DataType | null {
  if (type instanceof DuckDBListType) {
    const child = arrowType(type.valueType);
    return child === null ? null : list(child);
  }
  if (type instanceof DuckDBStructType) {
    const children = type.entryTypes.map(arrowType);
    if (children.some((child) => child === null)) return null;
    return struct(children.map((child, i) => field(type.entryNames[i] ?? "", child as DataType)));
  }
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return utf8();
    case DuckDBTypeId.BOOLEAN:
      return bool();
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
      return int64();
    case DuckDBTypeId.FLOAT:
      return float32();
    case DuckDBTypeId.DOUBLE:
      return float64();
    default:
      return null;
  }
}
