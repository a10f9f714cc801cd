/** Trainings of the small checkpoints, on texts of words that their tokenizers know. */

import { expect } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { Random } from "../../../src/core/random.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { collectLogits } from "../../../src/run/collect.js";
import type { RowLogits } from "../../../src/run/observation.js";
import { encoderOptions, type EncoderOptions } from "../../../src/train/encoder/options.js";
import { encoder } from "../../../src/train/encoder/trainer.js";
import type { LogitsBatch, TrainRequest, Training } from "../../../src/train/trainer.js";
import { datasetOf } from "../datasets.js";
import { checkpointFolder } from "./fixtures.js";

export type Options = Partial<EncoderOptions>;

export const optionsOf = (more: Options): EncoderOptions =>
  encoderOptions.parse({
    model: checkpointFolder("bert"),
    head: "new",
    epochs: 2,
    learningRate: 0.003,
    schedule: "constant",
    ...more,
  });

export async function start(dataset: Dataset, options: Options = {}, more: Partial<TrainRequest> = {}) {
  const request: TrainRequest<EncoderOptions> = {
    train: dataset,
    protocol: "epoch-end",
    seed: 5,
    threads: 1,
    effects: quiet,
    ...more,
    options: optionsOf(options),
  };
  return await encoder.start(request);
}

export const collect = (batches: AsyncIterable<LogitsBatch>, { size, ids }: Dataset): Promise<RowLogits> =>
  collectLogits(batches, { size, what: "test", ids });

export interface Trained {
  readonly logits: readonly RowLogits[];
  readonly losses: readonly number[];
  readonly training: Training;
}

export async function trained(
  dataset: Dataset,
  options: Options = {},
  more: Partial<TrainRequest> = {},
): Promise<Trained> {
  const training = await start(dataset, options, more);
  const logits: RowLogits[] = [];
  const losses: number[] = [];
  for await (const epoch of training.epochs()) {
    logits.push(await collect(epoch.observations, dataset));
    losses.push(epoch.trainLoss());
  }
  await training.close();
  return { logits, losses, training };
}

/** Logits before any training: of the checkpoint and its head. */
export async function untrained(
  dataset: Dataset,
  options: Options = {},
  labelsFrom = dataset,
): Promise<RowLogits> {
  const training = await start(labelsFrom, options);
  const logits = await collect(training.predict(dataset), dataset);
  await training.close();
  return logits;
}

export function largestDifference(a: RowLogits, b: RowLogits): number {
  expect(a.values.length).toBe(b.values.length);
  return a.values.reduce((most, x, at) => Math.max(most, Math.abs(x - b.values[at]!)), 0);
}

export const texts = (all: readonly string[], labels: readonly string[] = ["no", "yes"]) =>
  datasetOf(
    { kind: "text", text: all },
    all.map((_, row) => row % labels.length),
    { labels },
  );

export const words =
  "man woman dogs boy chef train lake snow coat street guitar bench ball kitchen music water red old runs reads waits".split(
    " ",
  );

/** Sentences of words that the small tokenizers know, labelled at random: nothing but the sentence tells the label. */
export function sentences(size: number, seed: number): Dataset {
  const random = new Random(seed);
  const sentence = () =>
    Array.from({ length: 4 + random.below(4) }, () => words[random.below(words.length)]!).join(" ");
  const text = Array.from({ length: size }, sentence);
  return datasetOf(
    { kind: "text", text },
    text.map(() => random.below(2)),
    { labels: ["neg", "pos"] },
  );
}
