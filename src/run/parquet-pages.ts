/** The pages of one column: its values as they lie in memory, after the levels that say where lists begin. */

import { InternalError } from "../core/errors.js";
import { TextPacker } from "./packed-texts.js";
import type { PackedTexts } from "./packed-texts.js";
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
      return [{ values: count, content: [bytesOf(rowNumbers(first, count))] }];
    case "number":
      return [{ values: count, content: [bytesOf(column.values.subarray(first, first + count))] }];
    case "text":
      return [{ values: count, content: [textBytes(column.values, first, first + count)] }];
    case "vector": {
      const { width } = column;
      return listPages(
        { first, count },
        Math.max(1, Math.floor(pageValues / width)),
        column.values,
        (row) => row * width,
        (bits, from, to) => markRepeated(bits, width, (to - from) * width),
      );
    }
    case "list": {
      const { offsets } = column;
      const start = offsets[first] as number;
      const total = (offsets[first + count] as number) - start;
      const rows = Math.max(1, Math.floor((pageValues * count) / Math.max(1, total)));
      const offset = (row: number): number => offsets[row] as number;
      return listPages({ first, count }, rows, column.values, offset, (bits, from, to) =>
        markStarts(bits, from, to, offset),
      );
    }
  }
}

function listPages(
  { first, count }: RowRange,
  rows: number,
  values: Float32Array | Int32Array,
  offset: (row: number) => number,
  mark: (bits: Uint8Array, from: number, to: number) => void,
): Page[] {
  const pages: Page[] = [];
  for (let from = first; from < first + count; from += rows) {
    const to = Math.min(from + rows, first + count);
    const part = values.subarray(offset(from), offset(to));
    pages.push({
      values: part.length,
      content: [levels(part.length, (bits) => mark(bits, from, to)), bytesOf(part)],
    });
  }
  return pages;
}

/**
 * Repetition levels (0 where a row begins, else 1), one bit each, and definition levels, all 1 as no list is empty: both
 * in the hybrid of run lengths and packed bits, its length before it.
 *
 * @param total how many values
 * @param mark sets the bits of repetition
 */
function levels(total: number, mark: (bits: Uint8Array) => void): Uint8Array {
  const groups = Math.ceil(total / 8);
  const head: number[] = [];
  pushVarint(head, groups * 2 + 1);
  const run: number[] = [];
  pushVarint(run, total * 2);
  run.push(1);

  const bytes = Buffer.allocUnsafe(8 + head.length + groups + run.length);
  bytes.writeUInt32LE(head.length + groups, 0);
  bytes.set(head, 4);
  mark(bytes.subarray(4 + head.length, 4 + head.length + groups));
  bytes.writeUInt32LE(run.length, 4 + head.length + groups);
  bytes.set(run, 8 + head.length + groups);
  return bytes;
}

/** Rows of one width: the bits of eight rows fill whole bytes, and those repeat. */
function markRepeated(bits: Uint8Array, width: number, total: number): void {
  if (width < 1) throw new InternalError("rows have empty lists");
  const eight = new Uint8Array(width).fill(0xff);
  for (let at = 0; at < 8 * width; at += width) clear(eight, at);
  Buffer.from(bits.buffer, bits.byteOffset, bits.length).fill(eight);
  for (let at = total; at < 8 * bits.length; at++) {
    bits[at >>> 3] = (bits[at >>> 3] as number) | (1 << (at & 7));
  }
}

function markStarts(bits: Uint8Array, from: number, to: number, offset: (row: number) => number): void {
  bits.fill(0xff);
  const start = offset(from);
  for (let row = from; row < to; row++) {
    if (offset(row + 1) === offset(row)) throw new InternalError(`row ${row} has an empty list`);
    clear(bits, offset(row) - start);
  }
}

function clear(bits: Uint8Array, at: number): void {
  bits[at >>> 3] = (bits[at >>> 3] as number) & ~(1 << (at & 7));
}

/** Texts from `first` to before `end`, each after its length. */
function textBytes(texts: readonly string[] | PackedTexts, first: number, end: number): Uint8Array {
  const { bytes, offsets } = "offsets" in texts ? texts : TextPacker.of(texts.slice(first, end));
  const start = "offsets" in texts ? first : 0;
  const count = end - first;
  const total = (offsets[start + count] as number) - (offsets[start] as number);
  const content = Buffer.allocUnsafe(4 * count + total);
  let at = 0;
  for (let text = start; text < start + count; text++) {
    const from = offsets[text] as number;
    const to = offsets[text + 1] as number;
    content.writeUInt32LE(to - from, at);
    at += 4;
    for (let byte = from; byte < to; byte++) content[at++] = bytes[byte] as number;
  }
  return content;
}

function rowNumbers(first: number, count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = first + i;
  return rows;
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
