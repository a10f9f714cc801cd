/**
 * DuckDB as Alidade uses it: one in-memory database a task, no extension fetched from anywhere, row order kept.
 * Results come back as columns: numbers in typed arrays, the rest as JavaScript values.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

export interface DatabaseOptions {
  /** Threads that a query may use. Default: all cores. */
  readonly threads?: number | undefined;
  /** As DuckDB writes it, `2GB`. Default: DuckDB's own, four fifths of the machine. */
  readonly memoryLimit?: string | undefined;
  /** Where DuckDB may spill. Default: the system's temporary folder. */
  readonly temporaryFolder?: string | undefined;
}

export class Database {
  private constructor(
    private readonly instance: DuckDBInstance,
    /** The underlying connection, for appenders and chunks. */
    readonly connection: DuckDBConnection,
  ) {}

  static async open(options: DatabaseOptions = {}): Promise<Database> {
    const config: Record<string, string> = {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
      // Keeps a megabyte of every million rows that were read, of files that are read once.
      enable_external_file_cache: "false",
    };
    if (options.threads !== undefined) config["threads"] = String(options.threads);
    if (options.memoryLimit !== undefined) config["memory_limit"] = options.memoryLimit;
    if (options.temporaryFolder !== undefined) config["temp_directory"] = options.temporaryFolder;
    const instance = await DuckDBInstance.create(":memory:", config);
    return new Database(instance, await instance.connect());
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** All rows as objects. For small results. */
  async rows(sql: string): Promise<Record<string, DuckDBValue>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjects();
  }

  /** All rows as plain JSON values (lists as arrays, structs as objects, 64-bit integers as strings). For small results. */
  async json(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  }

  /** The first column of the first row. */
  async value(sql: string): Promise<DuckDBValue> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRows()[0]?.[0] ?? null;
  }

  /** A result chunk by chunk (2,048 rows), each as an array of columns, in constant memory. */
  async *chunks(sql: string): AsyncGenerator<readonly (readonly DuckDBValue[])[]> {
    const result = await this.connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk.getColumns();
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** Opens a database, hands it to `use`, and closes it whatever happens. */
export async function withDatabase<T>(
  options: DatabaseOptions,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await Database.open(options);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file's path as an SQL literal that names this file only: DuckDB reads `*`, `?` and `[` in a path as a pattern. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[[*?]/g, "[$&]"));
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
