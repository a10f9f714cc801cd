/** `alidade/run`: the run folder, and dynamics from elsewhere. */

export { importRun, type ImportOptions, type ImportResult } from "./import/import-run.js";
export type { ImportFormat } from "./import/imported-run.js";
export { readEmbeddings, type Embeddings } from "./embeddings.js";
export type { ObservationChunk } from "./epoch-reader.js";
export type { ExampleChunk } from "./examples-reader.js";
export { formatVersion, type DynamicsColumn, type Manifest } from "./manifest.js";
export { deriveObservations, type Observations } from "./observation.js";
export { createRun, resumeRun, type CreateOptions, type ResumeOptions } from "./open-writer.js";
export { openRun as readRun, type Damage, type Run } from "./reader.js";
export { RunWriter, type RunBeginning, type TestPredictions } from "./writer.js";
