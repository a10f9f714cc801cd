/** Sequences of some examples side by side, padded, in arrays that are used again for every batch. */

import { InternalError } from "../../../core/errors.js";
import type { TokenizedDataset } from "./tokenized.js";

export interface PaddedBatch {
  /** How many sequences: one an example, or one a choice. */
  readonly sequences: number;
  /** Tokens of each, padding included. */
  readonly length: number;
  /** sequences x length, row-major. */
  readonly ids: Int32Array;
  /** sequences x length; zeros where the family has no token types. */
  readonly types: Int32Array;
  /** sequences x length: 1 where a token stands, 0 where padding does. */
  readonly mask: Float32Array;
  /** Tokens of each sequence without padding. */
  readonly lengths: Int32Array;
}

/** Pads batches into arrays of its own: what it returns is overwritten by its next call. */
export class Padder {
  readonly #padId: number;
  #ids = new Int32Array(0);
  #types = new Int32Array(0);
  #mask = new Float32Array(0);
  #lengths = new Int32Array(0);

  constructor(padId: number) {
    this.#padId = padId;
  }

  /**
   * @param rows examples of the dataset, in the order in which their sequences are to stand
   * @param length tokens of each sequence; none of these examples is longer
   */
  pad(dataset: TokenizedDataset, rows: Int32Array, length: number): PaddedBatch {
    const { offsets, first } = dataset;
    const sequences = rows.reduce((sum, row) => sum + first[row + 1]! - first[row]!, 0);
    this.#reserve(sequences, length);
    const ids = this.#ids.subarray(0, sequences * length).fill(this.#padId);
    const types = this.#types.subarray(0, sequences * length).fill(0);
    const mask = this.#mask.subarray(0, sequences * length).fill(0);
    const lengths = this.#lengths.subarray(0, sequences);
    let sequence = 0;
    for (const row of rows) {
      for (let s = first[row]!; s < first[row + 1]!; s++, sequence++) {
        const from = offsets[s]!;
        const to = offsets[s + 1]!;
        if (to - from > length)
          throw new InternalError(`a sequence of ${to - from} tokens in a batch of ${length}`);
        const at = sequence * length;
        ids.set(dataset.ids.subarray(from, to), at);
        if (dataset.types !== null) types.set(dataset.types.subarray(from, to), at);
        mask.fill(1, at, at + to - from);
        lengths[sequence] = to - from;
      }
    }
    return { sequences, length, ids, types, mask, lengths };
  }

  #reserve(sequences: number, length: number): void {
    const tokens = sequences * length;
    if (tokens > this.#ids.length) {
      this.#ids = new Int32Array(tokens);
      this.#types = new Int32Array(tokens);
      this.#mask = new Float32Array(tokens);
    }
    if (sequences > this.#lengths.length) this.#lengths = new Int32Array(sequences);
  }
}
