/** The default trainer: softmax regression on hashed word and character n-grams, for texts, pairs and multiple choice. */

import type { Trainer } from "../trainer.js";
import { hashDataset } from "./hash-dataset.js";
import { loadModel } from "./model-file.js";
import { ngramOptions, type NgramOptions } from "./options.js";
import { predictLogits } from "./predict.js";
import { startTraining, updatesPerEpoch } from "./training.js";
import { weigh } from "./vocabulary.js";

export const ngram: Trainer<NgramOptions> = {
  name: "ngram",
  version: 2,
  options: ngramOptions,
  can: {
    protocols: ["epoch-end", "train-pass"],
    inputs: ["text", "pair", "choices"],
    resume: "replay",
    predict: true,
    embeddings: false,
    deterministic: true,
  },
  updatesPerEpoch,
  start: startTraining,
  async load(folder, threads) {
    const { model, vocabulary, grams } = await loadModel(folder);
    return {
      async *predict(dataset) {
        const hashed = await hashDataset(dataset, grams, threads);
        yield* predictLogits(model, { vectors: weigh(hashed.vectors, vocabulary), first: hashed.first });
      },
      close: () => Promise.resolve(),
    };
  },
};
