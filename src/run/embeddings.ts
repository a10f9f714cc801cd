/** `embeddings.parquet`: the trained model's representation of each example, where the training was asked to keep it. */

import { existsSync } from "node:fs";
import { Database, fileLiteral } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { rowsColumn } from "./dynamics-columns.js";
import { layout } from "./layout.js";
import { writeTables } from "./table-writers.js";
import { floatListColumn } from "./vector-read.js";

export interface Embeddings {
  /** Numbers of an example. */
  readonly width: number;
  /** size x width, row-major. */
  readonly values: Float32Array;
}

/** Columns `row` and `embedding`, a list of 32-bit floats. */
export async function writeEmbeddings(path: string, { width, values }: Embeddings): Promise<void> {
  const size = values.length / width;
  const columns = [
    { name: "row", kind: "number", values: Int32Array.from({ length: size }, (_, row) => row) } as const,
    rowsColumn("embedding", { values, widths: width }, size),
  ];
  await writeTables([{ path, columns, range: { first: 0, count: size } }]);
}

/**
 * The embeddings of a run, in the order of its rows.
 *
 * @param size examples of the run
 * @returns null where the run has none
 * @throws UserError where the file is damaged
 */
export async function readEmbeddings(run: string, size: number): Promise<Embeddings | null> {
  const path = layout.embeddings(run);
  if (!existsSync(path)) return null;
  const database = await Database.open({ threads: 1 });
  try {
    const result = await database.connection.stream(
      `SELECT embedding FROM read_parquet(${fileLiteral(path)}) ORDER BY "row"`,
    );
    let values: Float32Array | null = null;
    let filled = 0;
    let width = 0;
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      const part = floatListColumn(chunk, 0);
      width = part.values.length / chunk.rowCount;
      values ??= new Float32Array(size * width);
      values.set(part.values, filled);
      filled += part.values.length;
    }
    if (filled !== values?.length) throw damaged(path);
    return { width, values };
  } catch (cause) {
    throw cause instanceof UserError ? cause : damaged(path, cause);
  } finally {
    database.close();
  }
}

function damaged(path: string, cause?: unknown): UserError {
  return new UserError({
    subject: path,
    problem: "cannot be read, or does not have a row for each example",
    remedy: "restore the file from a copy, or make the run anew",
    cause,
  });
}
