/** Reads an epoch's part files in chunks of 2,048 rows, in constant memory. */

import type { DuckDBDataChunk } from "@duckdb/node-api";
import { Database, fileLiteral, identifier } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import type { DynamicsColumn } from "./manifest.js";
import type { Observations } from "./observation.js";
import type { TopLogits } from "./top-logits.js";
import { floatColumn, floatListColumn, integerColumn, integerListColumn } from "./vector-read.js";

/** Observations of consecutive rows. Columns that were not asked for, or not recorded, are null. */
export interface ObservationChunk extends Observations {
  /** Row of the first. */
  readonly first: number;
  /** The largest logits, where the run keeps only those. */
  readonly top: TopLogits | null;
}

export interface EpochSource {
  /** For messages. */
  readonly subject: string;
  readonly files: readonly string[];
  readonly size: number;
  readonly columns: readonly DynamicsColumn[];
}

export async function* readEpochFiles(source: EpochSource): AsyncGenerator<ObservationChunk> {
  const { columns, files, size, subject } = source;
  const selected = ["row", ...columns].map(identifier).join(", ");
  const sql = `SELECT ${selected} FROM read_parquet([${files.map(fileLiteral).join(", ")}], hive_partitioning = false)`;
  let first = 0;
  const database = await Database.open({ threads: 1 });
  try {
    const result = await database.connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      checkRows(integerColumn(chunk, 0), first, subject);
      yield observationChunk(chunk, columns, first);
      first += chunk.rowCount;
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(subject, error);
  } finally {
    database.close();
  }
  if (first !== size) throw damaged(subject, `has ${first} of ${size} rows`);
}

function checkRows(rows: Int32Array, first: number, subject: string): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] !== first + i) throw damaged(subject, `row ${rows[i]} stands where ${first + i} belongs`);
  }
}

/** DuckDB's word on a file that is missing, cut short or not Parquet. */
function unreadable(subject: string, cause: unknown): UserError {
  const said = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return new UserError({
    subject,
    problem: `cannot be read: ${said}`,
    remedy: "restore the file from a copy, or make the run anew",
    cause,
  });
}

function damaged(subject: string, problem: string): UserError {
  return new UserError({ subject, problem, remedy: "restore the file from a copy, or make the run anew" });
}

function observationChunk(
  chunk: DuckDBDataChunk,
  columns: readonly DynamicsColumn[],
  first: number,
): ObservationChunk {
  const read = <T>(name: DynamicsColumn, reader: (chunk: DuckDBDataChunk, column: number) => T): T | null => {
    const index = columns.indexOf(name);
    return index < 0 ? null : reader(chunk, index + 1);
  };
  const topLabels = read("top_labels", integerListColumn);
  const topLogits = read("top_logits", floatListColumn);
  const logSumExp = read("log_sum_exp", floatColumn);
  return {
    first,
    size: chunk.rowCount,
    goldProbability: read("gold_probability", floatColumn),
    predicted: read("predicted", integerColumn),
    predictedProbability: read("predicted_probability", floatColumn),
    margin: read("margin", floatColumn),
    loss: read("loss", floatColumn),
    entropy: read("entropy", floatColumn),
    el2n: read("el2n", floatColumn),
    logits: read("logits", floatListColumn),
    top:
      topLabels && topLogits && logSumExp
        ? { labels: topLabels.values, logits: topLogits.values, widths: topLogits.widths, logSumExp }
        : null,
  };
}
