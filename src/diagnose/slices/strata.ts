/**
 * How many examples with a trait stand inside and outside a selection, stratum by stratum: what every measure of association is computed from. Without
 * strata there is one of all examples.
 */

/** What is compared with what: fixed for all slices. */
export interface ComparedRows {
  /** 1 inside the selection, 0 outside, 255 in neither. */
  readonly side: Uint8Array;
  /** Stratum of each row. */
  readonly stratum: Int32Array;
  /** Examples inside and outside, of each stratum. */
  readonly inside: Float64Array;
  readonly outside: Float64Array;
}

/** A 2 x 2 table: with the trait inside (a) and outside (c), without it inside (b) and outside (d). */
export interface StratumTable {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * @param side of each row: 1 inside, 0 outside, 255 in neither
 * @param stratum of each row, from 0
 */
export function comparedRows(side: Uint8Array, stratum: Int32Array, strata: number): ComparedRows {
  const inside = new Float64Array(strata);
  const outside = new Float64Array(strata);
  side.forEach((which, row) => {
    if (which === 1) inside[stratum[row]!]!++;
    else if (which === 0) outside[stratum[row]!]!++;
  });
  return { side, stratum, inside, outside };
}

/** Counts rows into tables by stratum, ascending: strata that none of the rows is in are left out, as they say nothing. */
export class Tally {
  readonly #inside: Float64Array;
  readonly #outside: Float64Array;

  constructor(private readonly compared: ComparedRows) {
    this.#inside = new Float64Array(compared.inside.length);
    this.#outside = new Float64Array(compared.outside.length);
  }

  /** @param rows with the trait, each once; none that is in neither */
  count(rows: Int32Array): Map<number, StratumTable> {
    const { side, stratum, inside, outside } = this.compared;
    const touched: number[] = [];
    for (const row of rows) {
      const k = stratum[row]!;
      if (this.#inside[k] === 0 && this.#outside[k] === 0) touched.push(k);
      if (side[row] === 1) this.#inside[k]!++;
      else this.#outside[k]!++;
    }
    touched.sort((x, y) => x - y);
    const tables = new Map<number, StratumTable>();
    for (const k of touched) {
      const [a, c] = [this.#inside[k]!, this.#outside[k]!];
      this.#inside[k] = this.#outside[k] = 0;
      tables.set(k, { a, b: inside[k]! - a, c, d: outside[k]! - c });
    }
    return tables;
  }
}
