/**
 * Puts an epoch's batches of logits, which come in any order, into the order of the rows, and holds the trainer to its
 * word: every row exactly once, every logit finite.
 */

import { InternalError, UserError } from "../core/errors.js";
import type { RowLogits } from "./observation.js";

/** Logits of some rows; a trainer's `LogitsBatch`. */
export interface RowBatch {
  readonly rows: Int32Array;
  readonly logits: Float32Array;
  readonly widths: number | Int32Array;
}

export interface BufferOptions {
  /** Number of rows. */
  readonly size: number;
  /** For messages: the epoch, 0-based, or what else is observed ("test set ood"). */
  readonly what: number | string;
  /** For messages: the rows' ids. */
  readonly ids: readonly string[];
}

const shownRows = 5;

/** Collects one epoch. `add` every batch, then take `finish()`. */
export class ObservationBuffer {
  readonly #options: BufferOptions;
  readonly #seen: Uint8Array;
  #count = 0;
  /** Rows of one width: their logits in place. */
  #fixed: { readonly width: number; readonly values: Float32Array } | null = null;
  /** Rows of several widths: each row's logits, placed when all widths are known. */
  #ragged: (Float32Array | undefined)[] | null = null;

  constructor(options: BufferOptions) {
    this.#options = options;
    this.#seen = new Uint8Array(options.size);
  }

  /** Takes a batch; its arrays may be reused afterwards. */
  add(batch: RowBatch): void {
    const { rows, logits, widths } = batch;
    if (typeof widths === "number") this.#addFixed(rows, logits, widths);
    else this.#addRagged(rows, logits, widths);
  }

  /** All rows' logits. @throws InternalError naming the rows that no batch had. */
  finish(): RowLogits {
    const { size } = this.#options;
    if (this.#count !== size) {
      const missing: number[] = [];
      for (let row = 0; row < size && missing.length < shownRows; row++) {
        if (this.#seen[row] === 0) missing.push(row);
      }
      throw new InternalError(
        `${this.#what}: ${size - this.#count} of ${size} rows were not observed, first ${missing.join(", ")}`,
      );
    }
    if (this.#fixed) return { values: this.#fixed.values, widths: this.#fixed.width };
    const ragged = this.#ragged ?? [];
    const widths = new Int32Array(size);
    let total = 0;
    for (let row = 0; row < size; row++) total += widths[row] = ragged[row]?.length ?? 0;
    const values = new Float32Array(total);
    let at = 0;
    for (const part of ragged) {
      if (part === undefined) continue;
      values.set(part, at);
      at += part.length;
    }
    return { values, widths };
  }

  get #what(): string {
    const { what } = this.#options;
    return typeof what === "number" ? `epoch ${what}` : what;
  }

  #addFixed(rows: Int32Array, logits: Float32Array, width: number): void {
    this.#fixed ??= { width, values: new Float32Array(this.#options.size * width) };
    if (this.#ragged || this.#fixed.width !== width) {
      throw new InternalError(`${this.#what}: batches of ${width} and of other numbers of logits`);
    }
    if (logits.length !== rows.length * width) {
      throw new InternalError(`${this.#what}: ${logits.length} logits for ${rows.length} rows of ${width}`);
    }
    const { values } = this.#fixed;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      this.#take(row);
      const from = i * width;
      const to = row * width;
      for (let k = 0; k < width; k++) {
        const value = logits[from + k] as number;
        if (value - value !== 0) this.#refuse(row, value);
        values[to + k] = value;
      }
    }
  }

  #addRagged(rows: Int32Array, logits: Float32Array, widths: Int32Array): void {
    this.#ragged ??= new Array<Float32Array | undefined>(this.#options.size);
    if (this.#fixed) throw new InternalError(`${this.#what}: batches with one and with several widths`);
    let at = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      this.#take(row);
      const part = logits.slice(at, at + (widths[i] as number));
      at += widths[i] as number;
      for (const value of part) if (value - value !== 0) this.#refuse(row, value);
      this.#ragged[row] = part;
    }
    if (at !== logits.length || widths.length !== rows.length) {
      throw new InternalError(`${this.#what}: ${logits.length} logits for rows that have ${at}`);
    }
  }

  #take(row: number): void {
    if (!(row >= 0 && row < this.#options.size)) {
      throw new InternalError(`${this.#what}: row ${row} of ${this.#options.size} was observed`);
    }
    if (this.#seen[row] !== 0) throw new InternalError(`${this.#what}: row ${row} was observed twice`);
    this.#seen[row] = 1;
    this.#count++;
  }

  #refuse(row: number, value: number): never {
    throw new UserError({
      subject: `${this.#what}, example ${JSON.stringify(this.#options.ids[row] ?? String(row))}`,
      problem: "the model's logit is not finite",
      value,
      remedy: "training diverged: lower the learning rate",
    });
  }
}

/** Reads an epoch's batches to their end. See `ObservationBuffer`. */
export async function collectLogits(
  batches: AsyncIterable<RowBatch>,
  options: BufferOptions,
): Promise<RowLogits> {
  const buffer = new ObservationBuffer(options);
  for await (const batch of batches) buffer.add(batch);
  return buffer.finish();
}
