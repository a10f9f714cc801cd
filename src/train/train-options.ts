/** What `train` takes. */

import type { Effects } from "../core/effects.js";
import type { Dataset } from "../dataset/dataset.js";
import type { ReadOptions } from "../dataset/read-options.js";
import type { Manifest } from "../run/manifest.js";
import type { LabelMapping } from "./map-labels.js";
import type { Protocol, Trainer } from "./trainer.js";

/** A test set: scored with the trained model, its predictions kept. */
export interface TestSet {
  readonly dataset: Dataset;
  /** The test label's name for each of the model's labels that has another one there. Default: none has. */
  readonly mapLabels?: LabelMapping | undefined;
  /**
   * The options that it was read with, where they say more than its roles and labels: kept in the run, so that resuming
   * reads its files the same way. Default: none.
   */
  readonly read?: ReadOptions | undefined;
}

export interface TrainOptions {
  /** The run's folder: empty, or not there yet. */
  readonly out: string;
  /** Default: the first built-in trainer that reads the dataset's kind of input. */
  readonly trainer?: Trainer | undefined;
  /** The trainer's own options, as a user wrote them; `epochs` is one of them. Default: the trainer's defaults. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Default: the trainer's first. */
  readonly protocol?: Protocol | undefined;
  /** For `held-out`: how many models, each trained without one fold. At least 2. Default: 5. */
  readonly folds?: number | undefined;
  /** A whole number from 0 to 2^32 - 1. Default: 0. */
  readonly seed?: number | undefined;
  /** How many threads the trainer may use; results do not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  /** Which logits are kept. Default: all of up to 100 labels, the largest five beyond. */
  readonly logits?: Manifest["logits"] | undefined;
  /** Test sets by name; the name becomes a file's. Default: none. */
  readonly tests?: Readonly<Record<string, TestSet>> | undefined;
  /** Scores the test sets after every epoch, not after the last only. Default: false. */
  readonly testEveryEpoch?: boolean | undefined;
  /** Replaces the run that stands in `out`. Default: false. */
  readonly overwrite?: boolean | undefined;
  /** Takes the lock even from a process on another machine. Default: false. */
  readonly breakLock?: boolean | undefined;
  /** Stops after the last finished epoch; the run can be resumed. */
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

export interface TrainResult {
  readonly folder: string;
  readonly manifest: Manifest;
  /**
   * `finished`: all epochs stand, test sets are scored and the model is saved. `stopped`: by the signal, fewer epochs stand
   * than are planned, and `resumeTraining` goes on. `already-finished`: there was nothing left to resume.
   */
  readonly outcome: "finished" | "stopped" | "already-finished";
}
