/**
 * What a study finds: one line a cell and test set. Tables, statistics, claims and figures are made from these alone.
 * On disk: `results.parquet` of the study's folder, the predictions beside it.
 */

/** Training that went wrong is counted and marked, never averaged away (see `cell-state.ts` for the definitions). */
export type CellState = "ok" | "not-optimised" | "one-class" | "overfit" | "anti-learned";

/** id: of the training set's distribution; ood: of another. */
export type TestKind = "id" | "ood";

export interface CellResult {
  /** The cell's key: a hash of everything that it depends on. */
  readonly cell: string;
  /** The row of the report that it belongs to, `ambiguous 33 %`. The same for all seeds. */
  readonly arm: string;
  /** What was asked for: strategy (`all` for the whole set), share, and whether labels were balanced. */
  readonly by: string;
  readonly fraction: number;
  readonly balanced: boolean;
  /** Mixed in: strategy and share; null where nothing was. */
  readonly mixBy: string | null;
  readonly mixShare: number;
  /** Which model's map selected; null where no map was used. */
  readonly mapTrainer: string | null;
  readonly trainer: string;
  readonly budget: "epochs" | "steps";
  /** Training examples. */
  readonly n: number;
  /** Passes over them; under a budget by steps the last may be a part of one. */
  readonly epochs: number;
  /** Updates of the model in all; null where the trainer does not count them. */
  readonly updates: number | null;
  /** Position of this replicate, 0-based: replicates of different arms with the same number are paired. */
  readonly replicate: number;
  readonly mapSeed: number;
  readonly selectionSeed: number;
  readonly trainingSeed: number;
  /** Accuracy on its own training examples, and the share of their commonest label. */
  readonly trainAccuracy: number;
  readonly trainMajority: number;
  readonly state: CellState;
  readonly test: string;
  readonly kind: TestKind;
  readonly testSize: number;
  /** The share of the test set's commonest label: what always answering it would score. */
  readonly testMajority: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly matthews: number;
  /** Nats. */
  readonly loss: number;
  /** Per label of the test set: name, n, precision, recall, f1. */
  readonly perLabel: readonly {
    readonly label: string;
    readonly n: number;
    readonly recall: number | null;
    readonly precision: number | null;
    readonly f1: number | null;
  }[];
  /** Accuracy per value of each slice column of the test set. */
  readonly slices: readonly {
    readonly column: string;
    readonly value: string;
    readonly n: number;
    readonly accuracy: number;
  }[];
  /** Share of each training label in the training examples, and of each scored label in the predictions. */
  readonly trainLabels: Readonly<Record<string, number>>;
  readonly predictedLabels: Readonly<Record<string, number>>;
  /** Seconds of training this cell, and of making the map that it was selected by (0 where none). */
  readonly seconds: number;
  readonly mapSeconds: number;
  /** ISO 8601. */
  readonly started: string;
  readonly host: string;
}

/** Whether each test example was right, for bootstraps over examples and clusters. */
export interface TestOutcomes {
  readonly cell: string;
  readonly test: string;
  /** 1 where the prediction is right. */
  readonly correct: Uint8Array;
  /** -log of the gold label's probability, nats. */
  readonly losses: Float32Array;
}

/** A test set's clusters: examples that do not vote for themselves (one premise, one template). */
export interface TestClusters {
  readonly test: string;
  /** Cluster of each example, 0-based and dense; null: every example stands alone. */
  readonly cluster: Int32Array | null;
}

/** All that a report needs, read from a study's folder. */
export interface StudyResults {
  readonly results: readonly CellResult[];
  /** Reads the outcomes of a cell on a test set. */
  outcomes(cell: string, test: string): Promise<TestOutcomes>;
  readonly clusters: ReadonlyMap<string, TestClusters>;
  /** Cells that failed, with the reason. */
  readonly failures: readonly { readonly cell: string; readonly arm: string; readonly reason: string }[];
}
