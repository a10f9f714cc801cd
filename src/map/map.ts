/**
 * A map in memory: the columns of `map.parquet`, one entry an example, in the order of the dataset's rows.
 */

export const regionNames = ["easy-to-learn", "ambiguous", "hard-to-learn"] as const;
export type Region = (typeof regionNames)[number];

/** Where the regions part. See docs/definitions.md: absolute thresholds, so that maps of different datasets can be compared. */
export interface RegionRule {
  /** hard-to-learn: confidence below this ... */
  readonly confidence: number;
  /** ... and at most this share of the epochs correct. */
  readonly correctness: number;
  /** ambiguous: of the rest, variability at or above this; or the share of all examples with the highest variability. */
  readonly variability: number | { readonly share: number };
}

export const defaultRegionRule: RegionRule = { confidence: 0.5, correctness: 0.5, variability: 0.2 };

/** What a figure or a summary reads of a map. NaN stands for null in numeric columns. */
export interface DataMap {
  readonly size: number;
  readonly ids: readonly string[];
  /** null where labels are unknown. */
  readonly labels: readonly (string | null)[];
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  /** Share of epochs correct, in [0, 1]. */
  readonly correctness: Float64Array;
  readonly correctEpochs: Float64Array;
  /** Epochs that the coordinates were computed from. */
  readonly epochs: number;
  /** Index into `regionNames`; 255 where no region can be given. */
  readonly regions: Uint8Array;
}
