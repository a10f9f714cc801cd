/**
 * From an id's bytes (UTF-8) to its row: an open hash table in memory that worker threads share. Ids are compared byte
 * by byte, so that two with the same hash stay apart.
 */

import { mix32 } from "../../core/random.js";

/** What a worker needs to look ids up; plain shared memory. */
export interface SharedIds {
  readonly size: number;
  /** Two entries a slot: the id's hash, and its row + 1 (0: free). */
  readonly slots: Int32Array;
  /** All ids, one after another; id r lies from `offsets[r]` to `offsets[r + 1]`. */
  readonly bytes: Uint8Array;
  readonly offsets: Float64Array;
}

/** The hash that the table uses, of bytes from `start` to before `end`. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return mix32(hash) | 0;
}

/** Ids that are looked up together. */
export class IdBatch {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly hashes: Int32Array;
  /** What was found. */
  readonly rows: Int32Array;

  constructor(readonly room: number) {
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
    this.hashes = new Int32Array(room);
    this.rows = new Int32Array(room);
  }
}

export class IdIndex {
  #shared: { size: number; slots: Int32Array; bytes: Uint8Array; offsets: Float64Array };

  /** @param expected about how many ids there will be: memory for them is taken at once */
  constructor(shared?: SharedIds | null, expected = 0) {
    const room = 2 ** Math.ceil(Math.log2(Math.max(1 << 11, expected + 1)));
    this.#shared = shared
      ? { ...shared }
      : {
          size: 0,
          slots: memory(Int32Array, 4 * room),
          bytes: memory(Uint8Array, 16 * room),
          offsets: memory(Float64Array, room + 1),
        };
  }

  static of(ids: readonly string[]): IdIndex {
    const index = new IdIndex();
    for (const id of ids) {
      const bytes = Buffer.from(id);
      index.add(bytes, 0, bytes.length);
    }
    return index;
  }

  get size(): number {
    return this.#shared.size;
  }

  get shared(): SharedIds {
    return this.#shared;
  }

  /**
   * Rows of many ids, -1 where an id is none of these. Memory is what this waits for: several short loops let the
   * processor fetch for many ids at once, where one long loop would wait for each.
   *
   * @param batch ids in `bytes`, of which the first `count` are looked up
   */
  findAll(bytes: Uint8Array, batch: IdBatch, count: number): void {
    const { slots, bytes: kept, offsets } = this.#shared;
    const { starts, ends, hashes, rows } = batch;
    const mask = slots.length / 2 - 1;
    for (let i = 0; i < count; i++) hashes[i] = hashBytes(bytes, starts[i] as number, ends[i] as number);
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] as number;
      let slot = hash & mask;
      while (slots[2 * slot] !== hash && slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      rows[i] = (slots[2 * slot + 1] as number) - 1;
    }
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (row < 0) continue;
      const start = starts[i] as number;
      const end = ends[i] as number;
      const from = offsets[row] as number;
      let same = (offsets[row + 1] as number) - from === end - start;
      for (let at = start; same && at < end; at++) same = bytes[at] === kept[from + at - start];
      // Another id with the same hash: the right one, if any, lies further on.
      if (!same) rows[i] = (slots[2 * this.#slot(bytes, start, end, hashes[i] as number) + 1] as number) - 1;
    }
  }

  /** Gives an id the next row. @returns false where it has one already */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const hash = hashBytes(bytes, start, end);
    const slot = this.#slot(bytes, start, end, hash);
    const shared = this.#shared;
    if (shared.slots[2 * slot + 1] !== 0) return false;
    const row = shared.size;
    const from = shared.offsets[row] as number;
    const to = from + end - start;
    if (row + 2 > shared.offsets.length) shared.offsets = grown(shared.offsets, Float64Array);
    while (to > shared.bytes.length) shared.bytes = grown(shared.bytes, Uint8Array);
    for (let at = start; at < end; at++) shared.bytes[from + at - start] = bytes[at] as number;
    shared.offsets[row + 1] = to;
    shared.size = row + 1;
    shared.slots[2 * slot] = hash;
    shared.slots[2 * slot + 1] = row + 1;
    if (4 * shared.size > shared.slots.length) this.#rehash();
    return true;
  }

  id(row: number): string {
    const { bytes, offsets } = this.#shared;
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number];
    return Buffer.from(bytes.buffer, from, to - from).toString();
  }

  ids(): string[] {
    return Array.from({ length: this.size }, (_, row) => this.id(row));
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #slot(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, bytes: kept, offsets } = this.#shared;
    const mask = slots.length / 2 - 1;
    search: for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = (slots[2 * slot + 1] as number) - 1;
      if (row < 0) return slot;
      if (slots[2 * slot] !== hash) continue;
      const from = offsets[row] as number;
      if ((offsets[row + 1] as number) - from !== end - start) continue;
      const shift = from - start;
      for (let at = start; at < end; at++) if (bytes[at] !== kept[at + shift]) continue search;
      return slot;
    }
  }

  #rehash(): void {
    const shared = this.#shared;
    const slots = memory(Int32Array, 2 * shared.slots.length);
    const mask = slots.length / 2 - 1;
    for (let at = 0; at < shared.slots.length; at += 2) {
      if (shared.slots[at + 1] === 0) continue;
      let slot = (shared.slots[at] as number) & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = shared.slots[at] as number;
      slots[2 * slot + 1] = shared.slots[at + 1] as number;
    }
    shared.slots = slots;
  }
}

interface Shared<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): T;
}

function memory<T>(type: Shared<T>, length: number): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

function grown<T extends { readonly length: number; set(values: T): void }>(old: T, type: Shared<T>): T {
  const larger = memory(type, 2 * old.length);
  larger.set(old);
  return larger;
}
