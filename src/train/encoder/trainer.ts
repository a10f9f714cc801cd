/**
 * The encoder trainer: fine-tunes a pretrained transformer encoder, as the paper does. What trains is loaded when it is to train: its
 * libraries would cost every other command a tenth of a second.
 */

import { UserError } from "../../core/errors.js";
import type { Trainer } from "../trainer.js";
import { checkEarlyStop } from "./early-stop.js";
import { encoderOptions, updatesPerEpoch, type EncoderOptions } from "./options.js";

export const encoder: Trainer<EncoderOptions> = {
  name: "encoder",
  version: 2,
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
  check: (options, { observesOthers }) => {
    checkEarlyStop(options);
    if (options.keepEmbeddings && observesOthers) {
      throw new UserError({
        subject: "--keep-embeddings",
        problem: "held-out trains several models, which have no states in common",
        remedy: "leave it out, or take another --protocol",
      });
    }
  },
  start: async (request) => (await import("./training.js")).startTraining(request),
  load: async (folder, threads) => (await import("./predictor.js")).loadPredictor(folder, threads),
};
