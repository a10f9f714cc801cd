/** One training of the features trainer: epochs, observations, prediction. */

import { mkdir } from "node:fs/promises";
import { InternalError } from "../../core/errors.js";
import { deriveSeed, Random } from "../../core/random.js";
import type { Dataset } from "../../dataset/dataset.js";
import { passes, type Passes } from "../step-budget.js";
import { Breather } from "../../core/stop.js";
import type { Epoch, LogitsBatch, TrainRequest, Training } from "../trainer.js";
import { encode, fitEncoding, inputWidth, type Encoding, type Inputs } from "./encoding.js";
import { saveModel } from "./model-file.js";
import { initialParameters, Network } from "./network.js";
import { AdamW } from "./optimizer.js";
import type { FeaturesOptions } from "./options.js";
import { observe, predict } from "./predict.js";

const mostInABatch = 32;
const fewestSteps = 64;

/** Examples a step; 0 asks for the default. */
export function batchSize(asked: number, size: number): number {
  return asked || Math.min(mostInABatch, Math.max(1, Math.floor(size / fewestSteps)));
}

/** Updates of a whole epoch: one a batch. */
export function updatesPerEpoch({ batch }: Pick<FeaturesOptions, "batch">, size: number): number {
  return Math.ceil(size / batchSize(batch, size));
}

export class FeaturesTraining implements Training {
  readonly #request: TrainRequest<FeaturesOptions>;
  readonly #encoding: Encoding;
  readonly #inputs: Inputs;
  readonly #observed: Inputs;
  readonly #network: Network;
  readonly #optimizer: AdamW;
  readonly #breather: Breather;
  readonly #passes: Passes;

  constructor(request: TrainRequest<FeaturesOptions>) {
    const { train, observe = train, options } = request;
    this.#request = request;
    this.#breather = new Breather(request.signal);
    this.#passes = passes(options, updatesPerEpoch(options, train.size));
    this.#encoding = fitEncoding(train);
    this.#inputs = encode(this.#encoding, train);
    this.#observed = observe === train ? this.#inputs : encode(this.#encoding, observe);
    const shape = {
      inputs: inputWidth(this.#encoding),
      hidden: options.hidden,
      labels: train.labelNames.length,
      activation: options.activation,
    };
    this.#network = new Network(shape, initialParameters(shape, deriveSeed(request.seed, "parameters")));
    this.#optimizer = new AdamW(this.#network, options.l2);
  }

  async *epochs(): AsyncGenerator<Epoch> {
    const { protocol, resume } = this.#request;
    const finished = resume?.epochs ?? 0;
    for (let epoch = 0; epoch < this.#passes.epochs; epoch++) {
      let loss = NaN;
      let complete = false;
      const pass = this.#pass(epoch, (value) => (loss = value));
      if (epoch < finished || (protocol === "train-pass" && !this.#passes.isWhole(epoch))) {
        for await (const _ of pass);
        continue;
      }
      if (protocol === "epoch-end") for await (const _ of pass);
      const observations = protocol === "epoch-end" ? this.#observe() : pass;
      yield {
        epoch,
        observations: (async function* () {
          yield* observations;
          complete = true;
        })(),
        trainLoss: () => loss,
        save: () => Promise.resolve(),
      };
      if (!complete) throw new InternalError(`epoch ${epoch} was not read to its end`);
    }
  }

  predict(dataset: Dataset): AsyncIterable<LogitsBatch> {
    return predict(this.#network, this.#encoding, dataset);
  }

  async saveModel(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await saveModel(folder, {
      network: this.#network,
      encoding: this.#encoding,
      labelNames: this.#request.train.labelNames,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Trains for one epoch. Yields each batch's logits before its step. */
  async *#pass(epoch: number, report: (meanLoss: number) => void): AsyncGenerator<LogitsBatch> {
    const { train, options, seed } = this.#request;
    const { labels } = this.#network.shape;
    const batch = batchSize(options.batch, train.size);
    const rate = options.learningRate / (1 + options.decay * epoch);
    const all = new Random(deriveSeed(seed, `epoch ${epoch}`)).permutation(train.size);
    const order = all.subarray(0, this.#passes.updates(epoch) * batch);
    let loss = 0;
    for (let first = 0; first < order.length; first += batch) {
      await this.#breather.turn();
      const rows = order.slice(first, first + batch);
      const logits = new Float32Array(rows.length * labels);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        this.#network.forward(this.#inputs, row, logits, i * labels);
        loss += this.#network.backward(this.#inputs, row, train.gold[row]!);
      }
      this.#optimizer.step(rate, rows.length);
      yield { rows, logits, widths: labels };
    }
    report(loss / order.length);
  }

  async *#observe(): AsyncGenerator<LogitsBatch> {
    for (const batch of observe(this.#network, this.#observed)) {
      await this.#breather.turn();
      yield batch;
    }
  }
}
