/** JSON lines as the reference writes them: numbers with ten decimals, guids that were numbers as numbers. */

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DuckDBValue } from "@duckdb/node-api";
import type { Database } from "../core/duckdb.js";

/** Writes a text for every chunk of a query's rows, in constant memory. */
export async function writeLines(
  database: Database,
  sql: string,
  path: string,
  line: (values: readonly DuckDBValue[], index: number) => string,
): Promise<void> {
  async function* texts(): AsyncGenerator<string> {
    let index = 0;
    for await (const columns of database.chunks(sql)) {
      const rows = columns[0]?.length ?? 0;
      let text = "";
      for (let row = 0; row < rows; row++) {
        text += line(
          columns.map((column) => column[row] ?? null),
          index++,
        );
        text += "\n";
      }
      yield text;
    }
  }
  await pipeline(Readable.from(texts()), createWriteStream(path, { flags: "wx" }));
}

/** A float with up to ten decimals, a whole one as `1.0`. */
export function decimal(value: DuckDBValue): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "null";
  const fixed = value.toFixed(10).replace(/0+$/, "");
  return (fixed.endsWith(".") ? `${fixed}0` : fixed).replace(/^-(0\.0)$/, "$1");
}

/** A whole number, or null. */
export function whole(value: DuckDBValue): string {
  return value === null ? "null" : String(value);
}

/** An id as JSON: bare where ids were numbers, however many digits they have. */
export function guid(value: DuckDBValue, numeric: boolean): string {
  const id = String(value);
  return numeric && /^-?(0|[1-9]\d*)$/.test(id) ? id : JSON.stringify(id);
}
