/** `alidade/dataset`: labelled examples. */

export { createDataset } from "./create-dataset.js";
export { countShared, findDuplicates, type Duplicates } from "./duplicates/exact-duplicates.js";
export { findNearDuplicates, type NearDuplicates } from "./duplicates/find-near-duplicates.js";
export { duplicateGroups, groupDuplicates } from "./duplicates/group-duplicates.js";
export type { Contents } from "./duplicates/contents.js";
export type { NearDuplicateOptions, Shingles } from "./duplicates/options.js";
export type { NearPairs } from "./duplicates/near-pairs.js";
export type { Wordings } from "./duplicates/wordings.js";
export type { Dataset, FeatureColumn, Input, Roles, SourceFile, Votes } from "./dataset.js";
export { presetNames, type PresetName } from "./presets.js";
export { readDataset } from "./read-dataset.js";
export { readExamples, type StoredDataset } from "./read-examples.js";
export { encodings, fileFormats, type Encoding, type FileFormat, type ReadOptions } from "./read-options.js";
export { regroup, relabel } from "./relabel.js";
export { subset } from "./subset.js";
export { wholeUnits } from "./whole-units.js";
