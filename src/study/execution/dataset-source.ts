/** A training set as a source of selections that look at no map: by chance, by likeness, by a model of some examples. */

import { InternalError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { fitModel } from "../../select/fit-model.js";
import type { SelectionSource } from "../../select/source.js";
import { datasetVectors } from "../../select/vectors.js";
import { findTrainer } from "../../train/registry.js";
import type { StepSetting } from "./step-setting.js";
import type { PlannedTrainer } from "../plan/step.js";

export function datasetSource(
  dataset: Dataset,
  threads: number,
  fit: SelectionSource["fit"],
): SelectionSource {
  const without = (): Promise<never> =>
    Promise.reject(new InternalError("a selection without a map looked at one"));
  return {
    name: dataset.name,
    size: dataset.size,
    ids: dataset.ids,
    labelNames: dataset.labelNames,
    gold: dataset.gold,
    choices: dataset.input.kind === "choices",
    regions: without,
    coordinate: without,
    trajectories: without,
    vectors: () => datasetVectors(dataset, { seed: 0, threads }),
    fit,
  };
}

/** Models of some examples, by the trainer that the plan names for them. */
export function modelsOf(
  dataset: Dataset,
  planned: PlannedTrainer | null,
  threads: number,
  { signal, effects }: StepSetting,
): SelectionSource["fit"] {
  return async (rows, seed) => {
    if (planned === null) throw new InternalError("a selection trains a model that is not in its plan");
    const { name, options } = planned;
    return await fitModel({
      dataset,
      trainer: findTrainer(name),
      options,
      rows,
      seed,
      threads,
      signal,
      effects,
    });
  };
}
