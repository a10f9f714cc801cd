/** The encoder trainer: fine-tunes a pretrained transformer encoder, as the paper does. */

import type { LogitsBatch, Predictor, Trainer } from "../trainer.js";
import { loadCheckpoint } from "./checkpoint/load.js";
import { checkEarlyStop } from "./early-stop.js";
import { readSettings } from "./model-file.js";
import { EncoderNetwork, predictionOptions } from "./network.js";
import { encoderOptions, type EncoderOptions } from "./options.js";
import { startTraining, updatesPerEpoch } from "./training.js";

export const encoder: Trainer<EncoderOptions> = {
  name: "encoder",
  options: encoderOptions,
  can: {
    protocols: ["train-pass", "epoch-end"],
    inputs: ["text", "pair", "choices"],
    resume: "state",
    predict: true,
    embeddings: true,
    deterministic: true,
  },
  updatesPerEpoch,
  scheduleDependsOnEpochs: ({ schedule, warmup }) => schedule === "linear" || warmup > 0,
  check: (options) => checkEarlyStop(options),
  start: startTraining,
  async load(folder, threads): Promise<Predictor> {
    const { task, labels, maxLength } = await readSettings(folder);
    const checkpoint = await loadCheckpoint(folder, task);
    const network = await EncoderNetwork.open({
      checkpoint,
      head: checkpoint.head.parameters,
      labels,
      options: predictionOptions(maxLength),
      threads,
    });
    return {
      predict: (dataset): AsyncIterable<LogitsBatch> => network.predict(dataset),
      close: () => network.close(),
    };
  },
};
