/** What `readDataset` takes. */

import type { Effects } from "../core/effects.js";
import type { Roles } from "./dataset.js";
import type { PresetName } from "./presets.js";

export const fileFormats = ["csv", "tsv", "jsonl", "json", "parquet", "arrow", "datasets"] as const;
/** `arrow`: an IPC file or stream. `datasets`: a folder that Hugging Face `datasets` saved to disk. */
export type FileFormat = (typeof fileFormats)[number];

export const encodings = ["utf-8", "utf-16", "latin-1"] as const;
export type Encoding = (typeof encodings)[number];

export interface ReadOptions extends Roles {
  /** Label names in the order of their indices; a label beside them is an error. Default: those found, sorted. */
  readonly labels?: readonly string[] | undefined;
  /** A known layout; roles that are given win over its own. */
  readonly preset?: PresetName | undefined;
  /** Takes the rows for which this SQL expression over the source's columns holds. Default: all. */
  readonly where?: string | undefined;
  /** Default: by the file's name and content. */
  readonly format?: FileFormat | undefined;
  /** Of text. latin-1 is read as browsers read it, as windows-1252. Default: utf-8; latin-1 for the preset `trec`. */
  readonly encoding?: Encoding | undefined;
  /** Of delimited text, one to four characters. Default: a tab for `.tsv`, else a comma. */
  readonly delimiter?: string | undefined;
  /** Whether double quotes enclose fields in delimited text. Default: true, false for the GLUE presets. */
  readonly quotes?: boolean | undefined;
  /** Whether delimited text begins with a line of names. Default: true; without, columns are column0, column1, ... */
  readonly header?: boolean | undefined;
  /** What to do with rows that have no label. Default: error. */
  readonly missingLabels?: "error" | "drop" | undefined;
  /** What the first choice is numbered, where labels are numbers. Default: 1. */
  readonly choiceBase?: 0 | 1 | undefined;
  /** The labels that bare vote counts stand for, in their order. */
  readonly voteLabels?: readonly string[] | undefined;
  /** For a test set: the training set's roles, taken where a role is not given and its column is there. */
  readonly rolesFrom?: Roles | undefined;
  readonly effects?: Effects | undefined;
}
