/**
 * What a coordinate is: a number (or label) computed from one example's dynamics, with its definition as SQL over what
 * `Terms` offers. Every coordinate is one file in `coordinates/`; `query.ts` puts them into one query.
 */

import type { DynamicsColumn } from "../run/manifest.js";
import type { Terms } from "./terms.js";

/**
 * What a coordinate is computed from: a recorded column of every epoch, or something that several columns can serve.
 * `correct`: whether each epoch's prediction is right. `classes`: the mean probability of every label. `el2n`: that
 * column of one early epoch.
 */
export type Need = Extract<DynamicsColumn, "gold_probability" | "margin" | "loss" | "entropy"> | Served;
type Served = "correct" | "classes" | "el2n";

export interface Coordinate {
  /** Its column in `map.parquet`. */
  readonly name: string;
  readonly type: "DOUBLE" | "INTEGER" | "BOOLEAN" | "VARCHAR";
  /** One sentence. p(e) is the gold label's probability in epoch e, c(e) is 1 where epoch e's prediction is right. */
  readonly meaning: string;
  /** Who defined it; null: Alidade. */
  readonly source: string | null;
  readonly needs: readonly Need[];
  /** Epochs that it takes at least. Default: 1. With fewer it is null. */
  readonly epochs?: number;
  sql(terms: Terms): string;
}
