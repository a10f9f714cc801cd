/** The features trainer: a linear or one-hidden-layer head on numeric and categorical columns, or on ready embeddings. */

import type { Trainer } from "../trainer.js";
import { loadModel } from "./model-file.js";
import { featuresOptions, type FeaturesOptions } from "./options.js";
import { predict } from "./predict.js";
import { FeaturesTraining, updatesPerEpoch } from "./training.js";

export const features: Trainer<FeaturesOptions> = {
  name: "features",
  options: featuresOptions,
  can: {
    protocols: ["epoch-end", "train-pass"],
    inputs: ["features"],
    resume: "replay",
    predict: true,
    embeddings: false,
    deterministic: true,
  },
  updatesPerEpoch,
  start: (request) => Promise.resolve().then(() => new FeaturesTraining(request)),
  async load(folder) {
    const { network, encoding } = await loadModel(folder);
    return {
      predict: (dataset) => predict(network, encoding, dataset),
      close: () => Promise.resolve(),
    };
  },
};
