/** A CSV, Parquet or JSON-lines file as a table in a database of its own, its rows in order. */

import { statSync } from "node:fs";
import { Database, fileLiteral, identifier, literal } from "../../core/duckdb.js";
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
  const compression = isGzip(path) ? ", compression = 'gzip'" : "";
  const start = await opening(path);
  if (start.startsWith("PAR1")) return `read_parquet(${fileLiteral(path)}, hive_partitioning = false)`;
  if (start.startsWith("{")) {
    return `read_json(${fileLiteral(path)}, format = 'newline_delimited', hive_partitioning = false${compression})`;
  }
  // Said in full: left to itself, DuckDB skips leading lines that do not fit the later ones.
  const { delimiter, header, names } = csvLayout(path, start);
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  return (
    `read_csv(${fileLiteral(path)}, auto_detect = false, columns = {${columns}}, header = ${header}, ` +
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', hive_partitioning = false${compression})`
  );
}

/** How a file begins. */
async function opening(path: string): Promise<string> {
  for await (const { bytes, length } of lineBlocks(path)) {
    return bytes
      .toString("utf8", 0, Math.min(length, 1 << 20))
      .replace(/^\uFEFF/, "")
      .trimStart();
  }
  return "";
}

/** The first line of a CSV names its columns, unless it holds numbers that are not 0, 1, 2, ... */
function csvLayout(path: string, start: string): { delimiter: string; header: boolean; names: string[] } {
  const line = start.split(/\r?\n/)[0] ?? "";
  const count = (character: string): number => line.split(character).length;
  const delimiter = [",", "\t", ";", "|"].reduce((best, other) =>
    count(other) > count(best) ? other : best,
  );
  const cells = line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const counts = cells.every(
    (cell, place) => cell === "" || Number(cell) === place || Number(cell) === place - 1,
  );
  const header = counts || !cells.every((cell) => cell !== "" && Number.isFinite(Number(cell)));
  const names = header ? cells : cells.map((_, place) => `column${place}`);
  const twice = names.find((name, place) => names.findIndex((other) => same(other, name)) !== place);
  if (twice !== undefined) {
    throw new UserError({
      subject: path,
      problem: "two columns have the same name",
      value: twice,
      remedy: "rename one",
    });
  }
  return { delimiter, header, names: names.map((name) => name || "unnamed: 0") };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
