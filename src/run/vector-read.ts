/** A result's chunks as typed arrays: memory is copied out of DuckDB's vectors, no value passes through JavaScript. */

import type { DuckDBDataChunk } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { InternalError } from "../core/errors.js";

type Maker<T> = (buffer: ArrayBuffer) => T;

function copyOf<T>(
  vector: ReturnType<typeof bindings.data_chunk_get_vector>,
  bytes: number,
  make: Maker<T>,
): T {
  if (bytes === 0) return make(new ArrayBuffer(0));
  const data = bindings.vector_get_data(vector, bytes);
  return make(new Uint8Array(data).buffer);
}

const floats: Maker<Float32Array> = (buffer) => new Float32Array(buffer);
const integers: Maker<Int32Array> = (buffer) => new Int32Array(buffer);

/** A FLOAT column of a chunk. */
export function floatColumn(chunk: DuckDBDataChunk, column: number): Float32Array {
  return copyOf(bindings.data_chunk_get_vector(chunk.chunk, column), 4 * chunk.rowCount, floats);
}

/** An INTEGER column of a chunk. */
export function integerColumn(chunk: DuckDBDataChunk, column: number): Int32Array {
  return copyOf(bindings.data_chunk_get_vector(chunk.chunk, column), 4 * chunk.rowCount, integers);
}

export interface ListColumn<T> {
  /** All rows' values, one row after another. */
  readonly values: T;
  /** How many each row has: one number where all rows of the chunk have the same. */
  readonly widths: number | Int32Array;
}

/** A FLOAT[] column of a chunk. */
export function floatListColumn(chunk: DuckDBDataChunk, column: number): ListColumn<Float32Array> {
  return listColumn(chunk, column, floats);
}

/** An INTEGER[] column of a chunk. */
export function integerListColumn(chunk: DuckDBDataChunk, column: number): ListColumn<Int32Array> {
  return listColumn(chunk, column, integers);
}

function listColumn<T extends { subarray(from: number, to: number): T }>(
  chunk: DuckDBDataChunk,
  column: number,
  make: Maker<T>,
): ListColumn<T> {
  const rows = chunk.rowCount;
  const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
  const entries = copyOf(vector, 16 * rows, (buffer) => new BigUint64Array(buffer));
  const widths = new Int32Array(rows);
  const start = Number(entries[0] ?? 0n);
  let end = start;
  let uniform = true;
  for (let row = 0; row < rows; row++) {
    if (Number(entries[2 * row]) !== end) throw new InternalError("lists of a chunk are not in a row");
    widths[row] = Number(entries[2 * row + 1]);
    if (widths[row] !== widths[0]) uniform = false;
    end += widths[row] as number;
  }
  const all = copyOf(bindings.list_vector_get_child(vector), 4 * end, make);
  return { values: all.subarray(start, end), widths: uniform ? (widths[0] ?? 0) : widths };
}
