/** `alidade/dataset`: labelled examples. */

export { createDataset } from "./create-dataset.js";
export { countShared, findDuplicates, type Duplicates } from "./duplicates.js";
export type { Dataset, FeatureColumn, Input, Roles, SourceFile, Votes } from "./dataset.js";
export { presetNames, type PresetName } from "./presets.js";
export { readDataset } from "./read-dataset.js";
export { readExamples, type StoredDataset } from "./read-examples.js";
export { encodings, fileFormats, type Encoding, type FileFormat, type ReadOptions } from "./read-options.js";
export { regroup, relabel } from "./relabel.js";
export { subset } from "./subset.js";
export { wholeUnits } from "./whole-units.js";
