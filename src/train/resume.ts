/** Goes on with a run on disk: data from its own examples, test sets from their files. */

import { readDataset } from "../dataset/read-dataset.js";
import { readExamples } from "../dataset/read-examples.js";
import type { ReadOptions } from "../dataset/read-options.js";
import { resumeWith, type ResumeTrainingOptions } from "./resume-with.js";
import type { RunReaders } from "./run-readers.js";
import type { TrainResult } from "./train-options.js";

const readers: RunReaders = {
  examples: readExamples,
  test: (_name, { sources, read = {} }) =>
    readDataset(
      sources.map((source) => source.path),
      // What `train` stored were ReadOptions; rolesFrom tells the reader that it is a test set.
      { rolesFrom: {}, ...(read as ReadOptions) },
    ),
};

/**
 * Trains the epochs that a run still lacks. A run that is finished is left as it is, unless `epochs` asks for more; in the
 * end all files equal those of an undisturbed run, byte for byte (of `run.json`, all but `times`).
 *
 * @throws UserError where there is no run, it was imported, its trainer cannot resume or is of another version, a test set's file
 *   is not what it was, fewer epochs are asked for, or more under a schedule that depends on their number
 */
export function resumeTraining(folder: string, options: ResumeTrainingOptions = {}): Promise<TrainResult> {
  return resumeWith(readers, folder, options);
}
