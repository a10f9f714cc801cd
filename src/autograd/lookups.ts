/** Lookups in tables and their gradients, on the host: sums over the rows that a batch names, and over those alone. */

import { UserError } from "../core/errors.js";
import type { ParameterGradient } from "./optimizers/optimizer.js";

export interface Table {
  readonly name: string;
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** Writes the sum of one row of each table, for each position. */
export function lookUp(tables: readonly Table[], ids: readonly Int32Array[], sums: Float32Array): void {
  tables.forEach(({ name, values, rows, width }, number) => {
    const named = ids[number]!;
    for (let i = 0; i < named.length; i++) {
      const row = named[i]!;
      if (!(row >= 0 && row < rows)) {
        throw new UserError({ subject: `lookup in ${name}`, problem: `no such row of ${rows}`, value: row });
      }
      const from = row * width;
      const to = i * width;
      if (number === 0) sums.set(values.subarray(from, from + width), to);
      else for (let j = 0; j < width; j++) sums[to + j]! += values[from + j]!;
    }
  });
}

/** Adds up the gradients that reach the rows of one table. */
export class RowGradients {
  readonly #table: Table;
  /** Where the sum of each row stands among `#touched`; -1: not touched. */
  readonly #places: Int32Array;
  #touched = new Int32Array(64);
  #count = 0;
  #sums: Float32Array;

  constructor(table: Table) {
    this.#table = table;
    this.#places = new Int32Array(table.rows).fill(-1);
    this.#sums = new Float32Array(64 * table.width);
  }

  /** @param gradients one vector for each id, one after another, times `scale` */
  add(ids: Int32Array, gradients: Float32Array, scale = 1): void {
    const { width } = this.#table;
    for (let i = 0; i < ids.length; i++) {
      const to = this.#placeOf(ids[i]!) * width;
      const from = i * width;
      for (let j = 0; j < width; j++) this.#sums[to + j]! += scale * gradients[from + j]!;
    }
  }

  /** The gradient of the touched rows alone. Starts anew. */
  takeRows(): ParameterGradient {
    const rows = this.#touched.slice(0, this.#count);
    const values = this.#sums.slice(0, this.#count * this.#table.width);
    this.#clear();
    return { rows, values };
  }

  /** The gradient of the whole table, zero where nothing was touched. Starts anew. */
  takeAll(): ParameterGradient {
    const { width, rows } = this.#table;
    const values = new Float32Array(rows * width);
    for (let i = 0; i < this.#count; i++) {
      values.set(this.#sums.subarray(i * width, (i + 1) * width), this.#touched[i]! * width);
    }
    this.#clear();
    return { values };
  }

  #placeOf(row: number): number {
    const known = this.#places[row]!;
    if (known >= 0) return known;
    const place = this.#count++;
    if (place === this.#touched.length) this.#grow();
    this.#touched[place] = row;
    this.#places[row] = place;
    return place;
  }

  #grow(): void {
    const touched = new Int32Array(2 * this.#touched.length);
    touched.set(this.#touched);
    this.#touched = touched;
    const sums = new Float32Array(touched.length * this.#table.width);
    sums.set(this.#sums);
    this.#sums = sums;
  }

  #clear(): void {
    for (let i = 0; i < this.#count; i++) this.#places[this.#touched[i]!] = -1;
    this.#sums.fill(0, 0, this.#count * this.#table.width);
    this.#count = 0;
  }
}
