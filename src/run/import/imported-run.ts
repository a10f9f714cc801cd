/** What every format is turned into before anything is written: rows, labels, and epochs as they are read. */

import type { Effects } from "../../core/effects.js";
import type { Dataset, SourceFile } from "../../dataset/dataset.js";
import type { DynamicsColumn, Manifest } from "../manifest.js";
import type { Observations } from "../observation.js";
import type { PackedTexts } from "../packed-texts.js";

export type ImportFormat = NonNullable<Manifest["imported"]>["format"];

/** What a format's reader is given. */
export interface ImportRequest {
  readonly paths: readonly string[];
  readonly data: Dataset | null;
  readonly labelNames: readonly string[] | null;
  readonly predicted: string | null;
  readonly totalEpochs: number | null;
  readonly logits: Manifest["logits"] | null;
  readonly threads: number;
  readonly effects: Effects;
}

export interface ImportedRun {
  /** How the run's dataset is called where there is no `data`. */
  readonly name: string;
  readonly ids: readonly string[] | PackedTexts;
  /** Indices into `labelNames`; null where labels are not known. */
  readonly gold: Int32Array | null;
  readonly labelNames: readonly string[];
  /** Each row's place in the source. */
  readonly sourceIndex: Int32Array;
  /** Whether ids were numbers in the source. */
  readonly numericIds: boolean;
  readonly columns: readonly DynamicsColumn[];
  readonly logits: Manifest["logits"];
  readonly epochCount: number;
  /** What was assumed, each in one sentence. */
  readonly notes: readonly string[];
  /** Writes `coordinates.parquet`, where there are no dynamics but what they came to. Then `epochCount` is only what is said. */
  readonly writeCoordinates: ((path: string) => Promise<void>) | null;
  /** The epochs from `first` on, in order. */
  epochs(first: number): AsyncIterable<Observations>;
  /** The files that were read; complete after the last epoch. */
  sources(): readonly SourceFile[];
  close(): Promise<void>;
}
