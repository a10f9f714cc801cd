/** One epoch's lines put in the order of the rows, some thousands at a time: see `IdIndex.findAll`. */

import { UserError } from "../../core/errors.js";
import type { RowLogits } from "../observation.js";
import type { DynamicsLine, Shape } from "./dynamics-line.js";
import { IdBatch } from "./id-index.js";
import type { IdIndex } from "./id-index.js";

const batchLines = 4096;

export class EpochRows {
  /** Logits by row, room for the most logits a row. */
  readonly values: Float32Array;
  /** By row; -1 where no line had it. */
  readonly gold: Int32Array;
  /** Each row's place among the lines. */
  readonly sourceIndex: Int32Array;
  /** Ids that the index lacks. */
  readonly extra = new Set<string>();
  /** How many logits each row has; null: all have the same. */
  readonly widths: Int32Array | null;
  /** Lines that were placed. */
  seen = 0;

  readonly #index: IdIndex;
  readonly #width: number;
  readonly #file: string;
  readonly #batch = new IdBatch(batchLines);
  readonly #golds = new Int32Array(batchLines);
  readonly #lines = new Float64Array(batchLines);
  readonly #widths = new Int32Array(batchLines);
  readonly #logits: Float32Array;
  #bytes: Uint8Array = new Uint8Array();
  #count = 0;

  /** @param file for messages */
  constructor(index: IdIndex, { width, ragged = false }: Shape, file: string) {
    this.#index = index;
    this.#width = width;
    this.widths = ragged ? new Int32Array(index.size) : null;
    this.#file = file;
    this.#logits = new Float32Array(batchLines * width);
    this.values = new Float32Array(index.size * width);
    this.gold = new Int32Array(index.size).fill(-1);
    this.sourceIndex = new Int32Array(index.size);
  }

  /** Takes a line. Its id's bytes have to stay until the next `place`. */
  add(line: DynamicsLine): void {
    if (this.#count === batchLines || line.idBytes !== this.#bytes) {
      this.place();
      this.#bytes = line.idBytes;
    }
    const place = this.#count++;
    this.#batch.starts[place] = line.idStart;
    this.#batch.ends[place] = line.idEnd;
    this.#golds[place] = line.gold;
    this.#lines[place] = line.number;
    this.#widths[place] = line.width;
    const from = place * this.#width;
    for (let k = 0; k < this.#width; k++) this.#logits[from + k] = line.logits[k] as number;
  }

  /** Places what was added since. @throws UserError where an example stands twice */
  place(): void {
    const { gold, values, sourceIndex } = this;
    const count = this.#count;
    const width = this.#width;
    const { rows } = this.#batch;
    this.#count = 0;
    this.#index.findAll(this.#bytes, this.#batch, count);
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (row < 0) this.extra.add(this.#id(i));
      else if ((gold[row] as number) >= 0) this.#twice(i);
      else {
        gold[row] = this.#golds[i] as number;
        sourceIndex[row] = this.seen++;
        if (this.widths) this.widths[row] = this.#widths[i] as number;
      }
    }
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (row < 0) continue;
      for (let k = 0; k < width; k++) values[row * width + k] = this.#logits[i * width + k] as number;
    }
  }

  /** The logits, one row's after another's. */
  rowLogits(): RowLogits {
    const { values, widths } = this;
    if (widths === null) return { values, widths: this.#width };
    const total = widths.reduce((sum, width) => sum + width, 0);
    const packed = new Float32Array(total);
    let at = 0;
    widths.forEach((width, row) => {
      packed.set(values.subarray(row * this.#width, row * this.#width + width), at);
      at += width;
    });
    return { values: packed, widths };
  }

  #id(place: number): string {
    const { starts, ends } = this.#batch;
    return Buffer.from(this.#bytes.subarray(starts[place], ends[place])).toString();
  }

  #twice(place: number): never {
    throw new UserError({
      subject: `${this.#file}, line ${this.#lines[place] as number}`,
      problem: "the example stands twice in this epoch",
      value: this.#id(place),
      remedy: "keep one of the lines",
    });
  }
}
