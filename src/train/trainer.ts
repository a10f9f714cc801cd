/**
 * What a trainer is. It takes a dataset, options and a seed, and yields one epoch at a time with an observation for
 * every example; then it predicts. Everything above (the run folder, held-out folds, studies) knows only this.
 */

import type { z } from "zod";
import type { Effects } from "../core/effects.js";
import type { Dataset, Input } from "../dataset/dataset.js";
import type { Embeddings } from "../run/embeddings.js";

/** How an observation was taken. Different quantities, never mixed in one run. */
export type Protocol = "train-pass" | "epoch-end" | "held-out";

/** Logits of some examples. Batches of one epoch come in any order and name every row exactly once. */
export interface LogitsBatch {
  /** Rows of the observed dataset. */
  readonly rows: Int32Array;
  /** The rows' logits, one row after another. */
  readonly logits: Float32Array;
  /** How many logits each row has: one number where all have the same, else one a row (multiple choice). */
  readonly widths: number | Int32Array;
}

export interface Epoch {
  /** 0-based. */
  readonly epoch: number;
  /** To be read to its end before the next epoch is asked for. */
  readonly observations: AsyncIterable<LogitsBatch>;
  /** Mean training loss of the epoch, nats an example. */
  readonly trainLoss: () => number;
  /** Saves what resuming after this epoch needs. Nothing where the trainer replays. */
  save(folder: string): Promise<void>;
}

export interface Predictor {
  predict(dataset: Dataset): AsyncIterable<LogitsBatch>;
  close(): Promise<void>;
}

export interface Training extends Predictor {
  epochs(): AsyncIterable<Epoch>;
  /**
   * Whether it has ended before its planned epochs, known once the last one's observations are read. A trainer that may end early says so
   * here, since to ask for another epoch would train it. Default: it never does.
   */
  readonly ended?: boolean;
  /**
   * The representation of each example under the model as it stands, where the options ask to keep it. Default, and null: it is not
   * kept.
   */
  embeddings?(dataset: Dataset): Promise<Embeddings | null>;
  /** Writes the model as it stands, for prediction later. The same model gives the same bytes. */
  saveModel(folder: string): Promise<void>;
}

export interface Capabilities {
  readonly protocols: readonly Exclude<Protocol, "held-out">[];
  readonly inputs: readonly Input["kind"][];
  /** `replay`: trains the finished epochs again, fast and bit for bit; `state`: reads what `save` wrote; null: cannot. */
  readonly resume: "replay" | "state" | null;
  readonly predict: boolean;
  /** Whether its trainings can keep the representation of each example. */
  readonly embeddings: boolean;
  readonly deterministic: boolean;
}

export interface TrainRequest<Options extends TrainerOptions = TrainerOptions> {
  readonly train: Dataset;
  /** What is observed in each epoch. Default: `train`. A `train-pass` observes what it trains on, nothing else. */
  readonly observe?: Dataset | undefined;
  /** For early stopping, where the trainer has it. */
  readonly dev?: Dataset | undefined;
  /** Test sets by name that will be predicted, for a trainer that has to know them before it starts. Default: none. */
  readonly tests?: Readonly<Record<string, Dataset>> | undefined;
  /** By default the trainer's first. Held-out is made of several trainings, each at epoch end: see `held-out.ts`. */
  readonly protocol: Exclude<Protocol, "held-out">;
  readonly seed: number;
  readonly options: Options;
  /** Epochs that already stand, and where their state is: `epochs()` starts after them. */
  readonly resume?: { readonly epochs: number; readonly folder: string | null } | undefined;
  /** Threads that may be used. Results do not depend on it. */
  readonly threads: number;
  /**
   * Stops the training soon: the epoch in flight ends with an error (any: its caller looks at the signal), and the epochs
   * before it stand.
   */
  readonly signal?: AbortSignal | undefined;
  readonly effects: Effects;
}

/** What a training will be asked to do. */
export interface PlannedUse {
  /** Names of the test sets. */
  readonly tests: readonly string[];
  /** Whether it observes other examples than it trains on, as held-out does. */
  readonly observesOthers: boolean;
}

/** What every trainer's options have. */
export interface TrainerOptions {
  /** How many epochs are planned; a training may end earlier. */
  readonly epochs: number;
  /**
   * Updates in all, instead of `epochs`: see `step-budget.ts`, whose `passes` says what each epoch makes of them. A trainer that has
   * `updatesPerEpoch` has this option and keeps to it exactly. Default: by epochs.
   */
  readonly steps?: number | undefined;
}

export interface Trainer<Options extends TrainerOptions = TrainerOptions> {
  readonly name: string;
  /**
   * Raised whenever the same data, options and seed give another model than before: part of the key of every result that a
   * study keeps. Default: 1.
   */
  readonly version?: number | undefined;
  /** Parses and defaults the options; its fields carry descriptions, which the command line shows. */
  readonly options: z.ZodType<Options>;
  readonly can: Capabilities;
  /**
   * Updates that a whole epoch on so many examples makes, at least 1: what a budget by steps counts. Default: the trainer does not count
   * them, and trains by epochs only.
   */
  updatesPerEpoch?(options: Options, size: number): number;
  /**
   * Whether what an epoch does depends on how many are planned (a rate that falls to zero at the end): then a run cannot
   * be resumed with more epochs. Default: it does not.
   */
  scheduleDependsOnEpochs?(options: Options): boolean;
  /** Checks what only it can know of its options, before anything is written. @throws UserError */
  check?(options: Options, use: PlannedUse): void;
  start(request: TrainRequest<Options>): Promise<Training>;
  /** Opens a model that `saveModel` wrote. */
  load(folder: string, threads: number): Promise<Predictor>;
}
