/** A training set as a source of selections that look at no map: by chance, by likeness, by a model of some examples. */

import type { Effects } from "../core/effects.js";
import { InternalError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { fitModel } from "../select/fit-model.js";
import type { SelectionSource } from "../select/source.js";
import { datasetVectors } from "../select/vectors.js";
import { defaultTrainer } from "../train/registry.js";

export function datasetSource(dataset: Dataset, threads: number, effects: Effects): SelectionSource {
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
    fit: (rows, seed) =>
      fitModel({ dataset, trainer: defaultTrainer(dataset.input.kind), rows, seed, threads, effects }),
  };
}
