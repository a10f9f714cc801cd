/** A CSV, Parquet or JSON-lines file as a table in a database of its own, its rows in order. */

import { statSync } from "node:fs";
import { Database, fileLiteral, identifier } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { fileChecksum } from "../checksum.js";
import type { SourceFile } from "../../dataset/dataset.js";
import { isGzip, lineBlocks } from "./line-blocks.js";

export class SourceTable {
  private constructor(
    readonly path: string,
    /** Holds the table `source`, whose `rowid` counts the file's rows from 0. */
    readonly database: Database,
    readonly columns: readonly string[],
    readonly size: number,
    readonly file: SourceFile,
  ) {}

  static async open(path: string, threads: number): Promise<SourceTable> {
    const database = await Database.open({ threads });
    try {
      await database.run(`CREATE TEMP TABLE source AS SELECT * FROM ${await reader(path)}`);
      const described = await database.rows("DESCRIBE source");
      const size = Number(await database.value("SELECT count(*) FROM source"));
      if (size === 0)
        throw new UserError({ subject: path, problem: "has no rows", remedy: "give a file with dynamics" });
      const file = { path, bytes: statSync(path).size, sha256: await fileChecksum(path) };
      return new SourceTable(
        path,
        database,
        described.map((line) => String(line["column_name"])),
        size,
        file,
      );
    } catch (error) {
      database.close();
      if (error instanceof UserError) throw error;
      const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new UserError({
        subject: path,
        problem: `cannot be read: ${first}`,
        remedy: "check that it is the file you mean",
        cause: error,
      });
    }
  }

  /** The column with the first of these names that there is, whatever the case. */
  column(...names: string[]): string | null {
    for (const name of names) {
      const found = this.columns.find((column) => column.toLowerCase() === name);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** A column's values as text; nulls stay. */
  async texts(column: string): Promise<(string | null)[]> {
    const texts: (string | null)[] = [];
    const sql = `SELECT ${identifier(column)}::VARCHAR FROM source ORDER BY rowid`;
    for await (const [values = []] of this.database.chunks(sql)) texts.push(...(values as (string | null)[]));
    return texts;
  }

  /** A column of ids. @throws UserError where one is missing */
  async ids(column: string): Promise<string[]> {
    const ids = await this.texts(column);
    const missing = ids.findIndex((id) => id === null || id === "");
    if (missing >= 0) {
      throw new UserError({
        subject: `${this.path}, row ${missing + 1}`,
        problem: "has no id",
        remedy: `fill in ${column}`,
      });
    }
    return ids as string[];
  }

  /** Numbers that an SQL expression gives for each row of `source`, after `rest` (WHERE, JOIN, ORDER BY). */
  async numbers(expression: string, rest = "ORDER BY rowid"): Promise<Float64Array> {
    const numbers = new Float64Array(this.size);
    let at = 0;
    for await (const [values = []] of this.database.chunks(
      `SELECT (${expression})::DOUBLE FROM source ${rest}`,
    )) {
      for (const value of values) numbers[at++] = value === null ? NaN : (value as number);
    }
    return numbers.subarray(0, at);
  }

  close(): void {
    this.database.close();
  }
}

async function reader(path: string): Promise<string> {
  const zipped = isGzip(path);
  const { start, header } = await opening(path);
  const compression = zipped ? ", compression = 'gzip'" : "";
  if (!zipped && start.startsWith("PAR1")) return `read_parquet(${fileLiteral(path)})`;
  if (start.startsWith("{"))
    return `read_json(${fileLiteral(path)}, format = 'newline_delimited'${compression})`;
  return `read_csv(${fileLiteral(path)}, all_varchar = true, header = ${header}, null_padding = false${compression})`;
}

/** How a file begins. The first line of a CSV names its columns, unless it holds numbers that are not 0, 1, 2, ... */
async function opening(path: string): Promise<{ start: string; header: boolean }> {
  for await (const { bytes, length } of lineBlocks(path)) {
    const start = bytes
      .toString("utf8", 0, Math.min(length, 1 << 16))
      .replace(/^\uFEFF/, "")
      .trimStart();
    const cells = (start.split(/\r?\n/)[0] ?? "").split(/[,\t;|]/).map((cell) => cell.trim());
    const numbers = cells.map((cell) => (cell === "" ? NaN : Number(cell)));
    const counts = cells.every(
      (cell, place) => cell === "" || Number(cell) === place || Number(cell) === place - 1,
    );
    return { start, header: counts || !numbers.every((number) => Number.isFinite(number)) };
  }
  return { start: "", header: true };
}
