/**
 * A study as its user wants it, complete and as plain data: what to train on, what to test on, which arms to compare, how often.
 * A YAML file (`spec-file.ts`) and the built-in studies both become one of these.
 */

import type { ReadOptions } from "../../dataset/read-options.js";
import type { Recipe } from "../../select/recipe.js";
import type { LabelMapping } from "../../train/map-labels.js";
import type { Protocol } from "../../train/trainer.js";
import type { TestKind } from "../results/results.js";

/** How files are read, as plain data. */
export type ReadSpec = Omit<ReadOptions, "effects" | "rolesFrom">;

export interface DataSpec {
  /** Read as one dataset, as `readDataset` does. */
  readonly files: readonly string[];
  /** Default: columns are found by name and content. */
  readonly read?: ReadSpec | undefined;
}

export interface TestSpec extends DataSpec {
  /** Unique in the study. It becomes a part of the results, not of a file's name. */
  readonly name: string;
  readonly kind: TestKind;
  /** The test label's name for each of the model's labels that has another one there. Default: none has. */
  readonly mapLabels?: LabelMapping | undefined;
  /** Columns by whose values accuracy is reported too, as HANS's `heuristic`. Default: none. */
  readonly slices?: readonly string[] | undefined;
  /** The column of examples that do not vote for themselves: one premise, one template. Default: none. */
  readonly cluster?: string | undefined;
}

/** A trainer by name, with its own options as a user wrote them. */
export interface TrainerSpec {
  /** Default: the first that reads the data's kind of input. */
  readonly name?: string | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Where a map comes from. */
export interface MapSpec {
  /** What the report calls it. Default: its trainer's name. */
  readonly name?: string | undefined;
  /** Default: the arm's own trainer and options. */
  readonly trainer?: TrainerSpec | undefined;
  /** How the training examples are observed. Default: the trainer's own. */
  readonly protocol?: Protocol | undefined;
  /** Of held-out. Default: 5. */
  readonly folds?: number | undefined;
  /**
   * `own`: each replicate has a map of its own seed, which all its arms share. `training`: the seed that the cells train with.
   * A number: one map for all replicates. Default: own.
   */
  readonly seed?: "own" | "training" | number | undefined;
}

/** A row of the report: how its training examples are chosen. */
export interface ArmSpec {
  /** Unique in the study, `ambiguous 33 %`. */
  readonly name: string;
  /** null: the whole training set. Its `seed` is each replicate's own. */
  readonly recipe: Omit<Recipe, "seed"> | null;
  /** Default: the study's. */
  readonly map?: MapSpec | undefined;
  /** Default: the study's. */
  readonly trainer?: TrainerSpec | undefined;
  /** false: only maps and selections are made, nothing is trained on them. Default: true. */
  readonly train?: boolean | undefined;
}

/** A comparison that the study is there for, declared before it runs. */
export interface PrimaryComparison {
  /** Names of arms. */
  readonly arm: string;
  readonly against: string;
  /** Names of test sets. Default: all that are out of distribution. */
  readonly tests?: readonly string[] | undefined;
}

/** `steps`: every cell gets as many updates as the whole set does. */
export type Budget = "epochs" | "steps";

export interface StudySpec {
  readonly name: string;
  readonly data: DataSpec;
  readonly tests: readonly TestSpec[];
  readonly trainer: TrainerSpec;
  readonly map: MapSpec;
  /** Of everything random in it. */
  readonly seed: number;
  /** How many replicates, or a seed for each of them. */
  readonly seeds: number | readonly number[];
  readonly budgets: readonly Budget[];
  readonly arms: readonly ArmSpec[];
  readonly primary: readonly PrimaryComparison[];
  readonly execution: ExecutionSpec;
}

/** What changes how fast a study runs and what it survives, never what it finds. */
export interface ExecutionSpec {
  /** Worker processes. */
  readonly jobs: number;
  /** How often a step that failed is tried again. */
  readonly retries: number;
  /** Seconds that one step may take; null: any. */
  readonly timeLimit: number | null;
}

export const defaultExecution: ExecutionSpec = { jobs: 1, retries: 1, timeLimit: null };

/** Replicates, each with a map of its own. */
export const defaultSeeds = 5;
