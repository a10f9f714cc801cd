/**
 * A dataset in memory: columns by role. `row` is an example's position, 0-based; every array here has one entry a row.
 */

/** What a trainer reads of each example. */
export type Input =
  | { readonly kind: "text"; readonly text: readonly string[] }
  | { readonly kind: "pair"; readonly text: readonly string[]; readonly pair: readonly string[] }
  /** One right answer among several. The sentence has a blank (`_` or `[MASK]`) that the choice fills, or is followed by it. */
  | {
      readonly kind: "choices";
      readonly text: readonly string[];
      /** The choices of each row; rows may differ in how many they have. */
      readonly choices: readonly (readonly string[])[];
    }
  | { readonly kind: "features"; readonly columns: readonly FeatureColumn[] };

export type FeatureColumn =
  /** NaN where missing. */
  | { readonly name: string; readonly kind: "numeric"; readonly values: Float64Array }
  /** null where missing. */
  | { readonly name: string; readonly kind: "categorical"; readonly values: readonly (string | null)[] };

/** What annotators said: how many of them chose each label. */
export interface Votes {
  readonly labelNames: readonly string[];
  /** rows x labels, row-major. A row of zeros has no votes. */
  readonly counts: Uint32Array;
}

/** Which columns of the source play which part. A dotted path reaches into nested fields. */
export interface Roles {
  readonly text?: string | undefined;
  readonly textPair?: string | undefined;
  /** Column names, or one column that holds lists. */
  readonly choices?: readonly string[] | undefined;
  /** Column names; a pattern with `*` stands for all that it matches. */
  readonly features?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly id?: string | undefined;
  readonly votes?: readonly string[] | undefined;
  /** No columns: the labels that bare vote counts stand for, in their order. */
  readonly voteLabels?: readonly string[] | undefined;
  /** `auto`: no column, but groups of near duplicates, found when the dataset is read. */
  readonly group?: string | undefined;
}

/** A file that was read, so that a run can say what it was made from. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256 of the file's bytes; null for standard input and pipes. */
  readonly sha256: string | null;
}

export interface Dataset {
  /** How messages call it: the file's name. */
  readonly name: string;
  readonly size: number;
  readonly ids: readonly string[];
  /** Label names in the order of their indices. For choices: "1", "2", ... up to the most choices of any row. */
  readonly labelNames: readonly string[];
  /** Index of each row's gold label in `labelNames`; for choices, index of the right choice. */
  readonly gold: Int32Array;
  readonly input: Input;
  /** Examples of one group stay together in folds, splits, flips and bootstraps. null: every example stands alone. */
  readonly groups: readonly (string | null)[] | null;
  readonly votes: Votes | null;
  readonly roles: Roles;
  readonly sources: readonly SourceFile[];
  /** Where this is a subset: the dataset that it was taken from, and the rows there. */
  readonly subsetOf: { readonly dataset: Dataset; readonly rows: Int32Array } | null;
  /** Writes `examples.parquet`: row, id, label, group, source STRUCT. Only the reader's own datasets and `createDataset`'s can, subsets too. */
  writeExamples(path: string): Promise<void>;
  /** Frees what the source holds. Safe to call twice. */
  close(): void;
}
