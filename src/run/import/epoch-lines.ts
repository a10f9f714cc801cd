/** One epoch's lines in the order of the file, and what they come to in the order of the rows. */

import { UserError } from "../../core/errors.js";
import type { RowLogits } from "../observation.js";
import { grown, textAt, TextPacker } from "../packed-texts.js";
import type { DynamicsLine, Shape } from "./dynamics-line.js";
import type { IdIndex } from "./id-index.js";

export class EpochLines {
  readonly ids: TextPacker;
  readonly #width: number;
  /** Of each line the gold label and then its logits: what lies together is fetched together. */
  #records: Float32Array;
  /** Of each line its number in the file. */
  #numbers: Int32Array;
  /** How many logits each line has; null: all have the same. */
  #widths: Int32Array | null;

  /** @param expected about how many lines there will be */
  constructor({ width, ragged = false }: Shape, expected: number) {
    this.ids = new TextPacker(expected);
    this.#width = width;
    this.#records = new Float32Array((width + 1) * (expected + 1));
    this.#numbers = new Int32Array(expected + 1);
    this.#widths = ragged ? new Int32Array(expected + 1) : null;
  }

  get count(): number {
    return this.ids.length;
  }

  add(line: DynamicsLine): void {
    const at = this.ids.length;
    const stride = this.#width + 1;
    this.ids.add(line.idBytes, line.idStart, line.idEnd);
    if (at >= this.#numbers.length) this.#grow(at + 1);
    const records = this.#records;
    const { logits } = line;
    const from = at * stride;
    records[from] = line.gold;
    for (let k = 1; k < stride; k++) records[from + k] = logits[k - 1] as number;
    this.#numbers[at] = line.number;
    if (this.#widths) this.#widths[at] = line.width;
  }

  /**
   * Which line each row has; -1: none.
   *
   * @param file for messages
   * @param extra is told of lines whose id the index lacks
   * @throws UserError where an example stands twice
   */
  linesOf(index: IdIndex, file: string, extra: (id: string) => void): Int32Array {
    const rows = index.rowsOf(this.ids);
    const lines = new Int32Array(index.size).fill(-1);
    for (let line = 0; line < rows.length; line++) {
      const row = rows[line] as number;
      if (row < 0) extra(textAt(this.ids, line));
      else if (lines[row] !== -1) this.refuseTwice(line, file);
      else lines[row] = line;
    }
    return lines;
  }

  /** Gold labels and logits of the rows whose lines these are. */
  inOrder(lines: Int32Array): { readonly gold: Int32Array; readonly logits: RowLogits } {
    const stride = this.#width + 1;
    const records = this.#records;
    const gold = new Int32Array(lines.length);
    const widths = this.#widths ? lines.map((line) => (this.#widths as Int32Array)[line] as number) : null;
    const values = new Float32Array(widths ? widths.reduce((a, b) => a + b, 0) : lines.length * this.#width);
    let to = 0;
    for (let row = 0; row < lines.length; row++) {
      const from = (lines[row] as number) * stride;
      const end = from + 1 + (widths ? (widths[row] as number) : this.#width);
      gold[row] = records[from] as number;
      for (let at = from + 1; at < end; at++) values[to++] = records[at] as number;
    }
    return { gold, logits: { values, widths: widths ?? this.#width } };
  }

  /** @param line counted from 0, blank ones not */
  refuseTwice(line: number, file: string): never {
    throw new UserError({
      subject: `${file}, line ${this.#numbers[line] as number}`,
      problem: "the example stands twice in this epoch",
      value: textAt(this.ids, line),
      remedy: "keep one of the lines",
    });
  }

  #grow(count: number): void {
    this.#numbers = grown(this.#numbers, count);
    this.#records = grown(this.#records, (this.#width + 1) * this.#numbers.length);
    if (this.#widths) this.#widths = grown(this.#widths, this.#numbers.length);
  }
}
