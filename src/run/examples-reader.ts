/** Reads `examples.parquet` in chunks of 2,048 rows. */

import { JsonDuckDBValueConverter } from "@duckdb/node-api";
import type { Json } from "@duckdb/node-api";
import { Database, fileLiteral } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";

/** Consecutive examples. */
export interface ExampleChunk {
  /** Row of the first. */
  readonly first: number;
  readonly size: number;
  readonly ids: readonly string[];
  /** null where the label is not known. */
  readonly labels: readonly (string | null)[];
  readonly groups: readonly (string | null)[];
  /** The source's own columns of each example, as plain JSON values (64-bit integers as strings); null where not asked for. */
  readonly source: readonly Json[] | null;
}

export async function* readExamples(path: string, withSource: boolean): AsyncGenerator<ExampleChunk> {
  const columns = `id, label, "group"${withSource ? ", source" : ""}`;
  const database = await Database.open({ threads: 1 });
  try {
    const result = await database.connection.stream(
      `SELECT ${columns} FROM read_parquet(${fileLiteral(path)})`,
    );
    let first = 0;
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      const [ids, labels, groups, source] = chunk.convertColumns(JsonDuckDBValueConverter);
      yield {
        first,
        size: chunk.rowCount,
        ids: (ids ?? []) as string[],
        labels: (labels ?? []) as (string | null)[],
        groups: (groups ?? []) as (string | null)[],
        source: source ?? null,
      };
      first += chunk.rowCount;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({
      subject: path,
      problem: `cannot be read: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
      remedy: "restore it from a copy, or make the run anew",
      cause: error,
    });
  } finally {
    database.close();
  }
}
