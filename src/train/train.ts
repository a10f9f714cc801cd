/** Trains a model on a dataset and records its dynamics as a run. */

import { quiet } from "../core/effects.js";
import type { Dataset } from "../dataset/dataset.js";
import { checkFolder, createRun } from "../run/open-writer.js";
import { beginning, planTraining } from "./plan.js";
import { record, startPlanned } from "./record.js";
import type { TrainOptions, TrainResult } from "./train-options.js";

/**
 * Makes a run: the folder with the examples, each epoch's observations, the scores of the test sets and the model.
 *
 * @throws UserError where an option is wrong, the trainer cannot do what is asked, or the folder is taken
 */
export async function train(dataset: Dataset, options: TrainOptions): Promise<TrainResult> {
  const { out, overwrite, breakLock, signal, effects = quiet } = options;
  const plan = planTraining(dataset, options);
  await checkFolder(out, { overwrite });
  // First of all, so that a model that does not fit leaves no run behind, and none that stood there replaced.
  const training = await startPlanned({ plan, dataset, signal, effects });
  try {
    const writer = await createRun(out, beginning(dataset, plan), { overwrite, breakLock });
    try {
      await writer.writeExamples(dataset);
      const outcome = await record({ writer, plan, training, dataset, signal, effects });
      return { folder: out, manifest: writer.manifest, outcome };
    } finally {
      await writer.close();
    }
  } finally {
    await training?.close();
  }
}
