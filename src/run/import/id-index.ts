/**
 * From an id to its row: an open hash table over packed ids, in memory that worker threads share. Ids are compared byte
 * by byte, so that two with the same hash stay apart.
 */

import { InternalError } from "../../core/errors.js";
import { mix32 } from "../../core/random.js";
import { textAt, TextPacker } from "../packed-texts.js";
import type { PackedTexts } from "../packed-texts.js";

/** What a worker needs to look ids up; plain shared memory. */
export interface SharedIds {
  /** In the order of the rows. */
  readonly ids: PackedTexts;
  /** Two entries a slot: the id's hash, and its row + 1 (0: free). */
  readonly slots: Int32Array;
}

/** Ids that are looked up together. */
const batchIds = 512;

/** The hash that the table uses, of bytes from `start` to before `end`. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return mix32(hash) | 0;
}

export class IdIndex {
  constructor(readonly shared: SharedIds) {}

  /**
   * Copies ids to shared memory and indexes them.
   *
   * @param twice is told of an id that stands before already
   */
  static of(ids: PackedTexts, twice: (row: number) => never): IdIndex {
    const { length } = ids;
    const kept = {
      length,
      bytes: shared(Uint8Array, ids.bytes.subarray(0, ids.offsets[length])),
      offsets: shared(Uint32Array, ids.offsets.subarray(0, length + 1)),
    };
    const count = 2 ** Math.ceil(Math.log2(1.5 * length + 2));
    const slots = new Int32Array(new SharedArrayBuffer(8 * count));
    const { bytes, offsets } = kept;
    for (let row = 0; row < length; row++) {
      const hash = hashBytes(bytes, offsets[row] as number, offsets[row + 1] as number);
      const slot = slotOf(slots, kept, hash, kept, row);
      if (slots[2 * slot + 1] !== 0) twice(row);
      slots[2 * slot] = hash;
      slots[2 * slot + 1] = row + 1;
    }
    return new IdIndex({ ids: kept, slots });
  }

  /** @param ids all different */
  static ofTexts(ids: readonly string[]): IdIndex {
    return IdIndex.of(TextPacker.of(ids), (row) => {
      throw new InternalError(`id ${JSON.stringify(ids[row])} stands twice`);
    });
  }

  get size(): number {
    return this.shared.ids.length;
  }

  id(row: number): string {
    return textAt(this.shared.ids, row);
  }

  /**
   * The row of each id, -1 where it has none. Memory is what this waits for: loops of a few instructions let the processor
   * fetch for many ids at once, first their slots, then the ids that those name, where one loop would wait for each.
   */
  rowsOf(ids: PackedTexts): Int32Array {
    const { ids: kept, slots } = this.shared;
    const rows = new Int32Array(ids.length);
    const hashes = new Int32Array(batchIds);
    for (let first = 0; first < ids.length; first += batchIds) {
      const found = rows.subarray(first, first + batchIds);
      hashAll(ids, first, found.length, hashes);
      readSlots(slots, hashes, found);
      fetchTexts(kept, found);
      for (let i = 0; i < found.length; i++) {
        const row = found[i] as number;
        // Another id with the same hash: the right one, if any, lies further on.
        if (row >= 0 && !sameText(ids, first + i, kept, row))
          found[i] = (slots[2 * slotOf(slots, kept, hashes[i] as number, ids, first + i) + 1] as number) - 1;
      }
    }
    return rows;
  }
}

function hashAll({ bytes, offsets }: PackedTexts, first: number, count: number, hashes: Int32Array): void {
  for (let i = 0; i < count; i++) {
    hashes[i] = hashBytes(bytes, offsets[first + i] as number, offsets[first + i + 1] as number);
  }
}

/** The row of the first slot with each hash; -1 where a free one comes before. */
function readSlots(slots: Int32Array, hashes: Int32Array, rows: Int32Array): void {
  const mask = slots.length / 2 - 1;
  for (let i = 0; i < rows.length; i++) {
    const slot = (hashes[i] as number) & mask;
    rows[i] = slots[2 * slot + 1] as number;
  }
  for (let i = 0; i < rows.length; i++) {
    const hash = hashes[i] as number;
    let slot = hash & mask;
    while (slots[2 * slot] !== hash && slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    rows[i] = (slots[2 * slot + 1] as number) - 1;
  }
}

/** Touches the texts that will be compared. */
function fetchTexts({ bytes, offsets }: PackedTexts, rows: Int32Array): number {
  let seen = 0;
  for (let i = 0; i < rows.length; i++) {
    seen ^= bytes[offsets[Math.max(0, rows[i] as number)] as number] as number;
  }
  return seen;
}

/** The slot that holds id `at` of `ids`, or the free one where it belongs. */
function slotOf(slots: Int32Array, kept: PackedTexts, hash: number, ids: PackedTexts, at: number): number {
  const mask = slots.length / 2 - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const row = (slots[2 * slot + 1] as number) - 1;
    if (row < 0 || (slots[2 * slot] === hash && sameText(ids, at, kept, row))) return slot;
  }
}

function sameText(a: PackedTexts, i: number, b: PackedTexts, j: number): boolean {
  const { bytes } = a;
  const { bytes: others } = b;
  const from = a.offsets[i] as number;
  const start = b.offsets[j] as number;
  const length = (a.offsets[i + 1] as number) - from;
  if ((b.offsets[j + 1] as number) - start !== length) return false;
  let same = 0;
  while (same < length && bytes[from + same] === others[start + same]) same++;
  return same === length;
}

function shared<T extends { readonly byteLength: number; set(values: T): void }>(
  type: new (buffer: SharedArrayBuffer) => T,
  values: T,
): T {
  const copy = new type(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
