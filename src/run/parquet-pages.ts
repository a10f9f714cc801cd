/** The pages of one column: its values as they lie in memory, after the levels that say where lists begin. */

import { InternalError } from "../core/errors.js";
import type { Column, RowRange } from "./table-column.js";
import { pushVarint } from "./thrift.js";

export interface Page {
  readonly values: number;
  /** To be written one after another. */
  readonly content: readonly Uint8Array[];
}

/** Values of a page at most, unless one row has more: 1 MiB. */
const pageValues = 2 ** 18;

/** Pages of a range of a column's rows. */
export function columnPages(column: Column, { first, count }: RowRange): Page[] {
  switch (column.kind) {
    case "row":
      return [{ values: count, content: [bytesOf(Int32Array.from({ length: count }, (_, i) => first + i))] }];
    case "number":
      return [{ values: count, content: [bytesOf(column.values.subarray(first, first + count))] }];
    case "text":
      return [{ values: count, content: [textBytes(column.values.slice(first, first + count))] }];
    case "vector": {
      const { width } = column;
      return listPages(
        { first, count },
        Math.max(1, Math.floor(pageValues / width)),
        column.values,
        (row) => row * width,
      );
    }
    case "list": {
      const { offsets } = column;
      const start = offsets[first] as number;
      const total = (offsets[first + count] as number) - start;
      const rows = Math.max(1, Math.floor((pageValues * count) / Math.max(1, total)));
      return listPages({ first, count }, rows, column.values, (row) => offsets[row] as number);
    }
  }
}

function listPages(
  { first, count }: RowRange,
  rows: number,
  values: Float32Array | Int32Array,
  offset: (row: number) => number,
): Page[] {
  const pages: Page[] = [];
  for (let from = first; from < first + count; from += rows) {
    const to = Math.min(from + rows, first + count);
    const part = values.subarray(offset(from), offset(to));
    pages.push({ values: part.length, content: [levels(from, to, offset), bytesOf(part)] });
  }
  return pages;
}

/**
 * Repetition levels (0 where a row begins, else 1), one bit each, and definition levels, all 1 as no list is empty: both
 * in the hybrid of run lengths and packed bits, its length before it.
 */
function levels(from: number, to: number, offset: (row: number) => number): Uint8Array {
  const start = offset(from);
  const total = offset(to) - start;
  const groups = Math.ceil(total / 8);
  const head: number[] = [];
  pushVarint(head, groups * 2 + 1);
  const run: number[] = [];
  pushVarint(run, total * 2);
  run.push(1);

  const bytes = Buffer.allocUnsafe(8 + head.length + groups + run.length);
  bytes.writeUInt32LE(head.length + groups, 0);
  bytes.set(head, 4);
  const bits = bytes.subarray(4 + head.length, 4 + head.length + groups);
  bits.fill(0xff);
  let previous = -1;
  for (let row = from; row < to; row++) {
    const at = offset(row) - start;
    if (at === previous) throw new InternalError(`row ${row - 1} has an empty list`);
    previous = at;
    const byte = at >>> 3;
    bits[byte] = (bits[byte] as number) & ~(1 << (at & 7));
  }
  if (previous >= total) throw new InternalError(`row ${to - 1} has an empty list`);
  bytes.writeUInt32LE(run.length, 4 + head.length + groups);
  bytes.set(run, 8 + head.length + groups);
  return bytes;
}

function textBytes(texts: readonly string[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + 4);
    bytes.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return bytes;
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
