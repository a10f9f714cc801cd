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
  // Already a copy, mostly with a buffer of its own.
  const data = bindings.vector_get_data(vector, bytes);
  const own = data.byteOffset === 0 && data.buffer.byteLength === bytes;
  return make((own ? data : new Uint8Array(data)).buffer as ArrayBuffer);
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
  // An entry is where a list starts and how long it is, 64 bits each, of which a chunk needs the lower half.
  const entries = copyOf(vector, 16 * rows, (buffer) => new Uint32Array(buffer));
  const widths = new Int32Array(rows);
  const start = entries[0] ?? 0;
  let end = start;
  let uniform = true;
  for (let row = 0; row < rows; row++) {
    if (entries[4 * row] !== end) throw new InternalError("lists of a chunk are not in a row");
    widths[row] = entries[4 * row + 2] as number;
    if (widths[row] !== widths[0]) uniform = false;
    end += widths[row] as number;
  }
  const all = copyOf(bindings.list_vector_get_child(vector), 4 * end, make);
  return { values: all.subarray(start, end), widths: uniform ? (widths[0] ?? 0) : widths };
}
