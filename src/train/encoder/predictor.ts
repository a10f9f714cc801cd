/** A fine-tuned encoder that was saved, to be asked again. */

import type { LogitsBatch, Predictor } from "../trainer.js";
import { loadCheckpoint } from "./checkpoint/load.js";
import { readSettings } from "./model-file.js";
import { EncoderNetwork, predictionOptions } from "./network.js";

export async function loadPredictor(folder: string, threads: number): Promise<Predictor> {
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
}
