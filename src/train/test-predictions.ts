/** Reads back the logits of a test set that a run keeps of every epoch. */

import { Database, literal } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout } from "../run/layout.js";
import type { RowLogits } from "../run/observation.js";
import { floatListColumn } from "../run/vector-read.js";

/** The logits of one epoch, in the order of the test set. @throws UserError where the file lacks some */
export async function readTestPredictions(
  folder: string,
  name: string,
  epoch: number,
  size: number,
): Promise<RowLogits> {
  const path = layout.testPredictions(folder, name);
  const widths = new Int32Array(size);
  const parts: Float32Array[] = [];
  let row = 0;
  const database = await Database.open({ threads: 1 });
  try {
    // A cast: a fixed-size array has another memory layout than a list.
    const sql = `SELECT logits::FLOAT[] FROM read_parquet(${literal(path)}) WHERE epoch = ${epoch}`;
    const result = await database.connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      const column = floatListColumn(chunk, 0);
      parts.push(column.values);
      for (let i = 0; i < chunk.rowCount && row < size; i++, row++) {
        widths[row] = typeof column.widths === "number" ? column.widths : (column.widths[i] ?? 0);
      }
    }
  } catch (cause) {
    throw damaged(path, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    database.close();
  }
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  if (row !== size) throw damaged(path, `has ${row} of ${size} predictions of epoch ${epoch}`);
  const first = widths[0] ?? 0;
  return { values, widths: widths.every((width) => width === first) ? first : widths };
}

function damaged(subject: string, problem: string, cause?: unknown): UserError {
  return new UserError({ subject, problem, remedy: "restore it from a copy, or make the run anew", cause });
}
