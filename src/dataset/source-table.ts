/**
 * The source's rows as a DuckDB table `source`, in the order of the file, with the source's own columns. A role's column may lie
 * inside nested ones: a dotted path reaches it.
 */

import { rmSync } from "node:fs";
import type { Database } from "../core/duckdb.js";
import { identifier } from "../core/duckdb.js";
import { nearest, UserError } from "../core/errors.js";
import type { SourceFile } from "./dataset.js";

export interface SourceColumn {
  readonly name: string;
  /** As DuckDB writes it: `VARCHAR`, `STRUCT(a VARCHAR)`, `VARCHAR[]`. */
  readonly type: string;
}

export class SourceTable {
  #open = true;

  private constructor(
    /** How messages call it. */
    readonly name: string,
    readonly database: Database,
    readonly columns: readonly SourceColumn[],
    readonly size: number,
    readonly files: readonly SourceFile[],
    private readonly scratch: string | null,
  ) {}

  /** Describes the table `source` of a database. @param scratch a temporary folder that goes when this closes */
  static async describe(
    name: string,
    database: Database,
    files: readonly SourceFile[],
    scratch: string | null,
  ): Promise<SourceTable> {
    const columns = await database.rows("DESCRIBE source");
    const size = Number(await database.value("SELECT count(*) FROM source"));
    return new SourceTable(
      name,
      database,
      columns.map((column) => ({ name: String(column["column_name"]), type: String(column["column_type"]) })),
      size,
      files,
      scratch,
    );
  }

  /** The same table with some of its columns only. */
  static withColumns(table: SourceTable, columns: readonly SourceColumn[]): SourceTable {
    return new SourceTable(table.name, table.database, columns, table.size, table.files, table.scratch);
  }

  has(path: string): boolean {
    return this.columns.some((column) => column.name === path || path.startsWith(`${column.name}.`));
  }

  /** A column, or a field inside one, as SQL with its type. @throws UserError naming the columns there are */
  async column(path: string, option: string): Promise<{ sql: string; type: string }> {
    const exact = this.columns.find((column) => column.name === path);
    if (exact) return { sql: identifier(exact.name), type: exact.type };
    const outer = this.columns.find((column) => path.startsWith(`${column.name}.`));
    if (!outer) throw this.#missing(path, option);
    const fields = path.slice(outer.name.length + 1).split(".");
    const sql = [outer.name, ...fields].map(identifier).join(".");
    try {
      const [described] = await this.database.rows(`DESCRIBE SELECT ${sql} AS field FROM source`);
      return { sql, type: String(described?.["column_type"]) };
    } catch (cause) {
      throw new UserError({
        subject: this.name,
        problem: `${option} names a field that is not there`,
        value: path,
        remedy: `${identifier(outer.name)} is ${outer.type}`,
        cause,
      });
    }
  }

  /** Column names that a pattern with `*` matches, in the source's order. */
  matching(pattern: string): string[] {
    const expression = new RegExp(
      `^${pattern
        .split("*")
        .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
        .join(".*")}$`,
      "s",
    );
    return this.columns.filter((column) => expression.test(column.name)).map((column) => column.name);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.database.close();
    if (this.scratch !== null) rmSync(this.scratch, { recursive: true, force: true });
  }

  #missing(path: string, option: string): UserError {
    const names = this.columns.map((column) => column.name);
    const near = nearest(path, names);
    return new UserError({
      subject: this.name,
      problem: `${option} names a column that is not there`,
      value: path,
      remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${shortList(names)}`,
    });
  }
}

/** The first names of a list and how many more there are. */
export function shortList(names: readonly string[], most = 20): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
