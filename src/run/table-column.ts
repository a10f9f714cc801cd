/** The columns that our own Parquet files are written from. */

import type { PackedTexts } from "./packed-texts.js";

/** One column, for all rows of which a file may hold a range. */
export type Column =
  /** The row's own number. */
  | { readonly name: string; readonly kind: "row" }
  | { readonly name: string; readonly kind: "number"; readonly values: Float32Array | Int32Array }
  /** The same number of values in every row. */
  | {
      readonly name: string;
      readonly kind: "vector";
      readonly values: Float32Array | Int32Array;
      readonly width: number;
    }
  /** Row r's values are those from `offsets[r]` to before `offsets[r + 1]`; at least one. */
  | {
      readonly name: string;
      readonly kind: "list";
      readonly values: Float32Array | Int32Array;
      readonly offsets: Float64Array;
    }
  | { readonly name: string; readonly kind: "text"; readonly values: readonly string[] | PackedTexts };

export interface RowRange {
  readonly first: number;
  readonly count: number;
}
