/** One training of the encoder trainer: epochs, observations, prediction. */

import { deriveSeed } from "../../core/random.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { Embeddings } from "../../run/embeddings.js";
import { passes, type Passes } from "../step-budget.js";
import { Breather } from "../../core/stop.js";
import type { Epoch, LogitsBatch, TrainRequest, Training } from "../trainer.js";
import { loadCheckpoint } from "./checkpoint/load.js";
import { EarlyStop } from "./early-stop.js";
import { resolveModel } from "./hub/fetch-model.js";
import type { Inputs } from "./inputs.js";
import { checkMemory } from "./memory.js";
import { EncoderNetwork } from "./network.js";
import { startingHead } from "./new-head.js";
import { updatesPerEpoch, type EncoderOptions } from "./options.js";
import { logitsBatch } from "./predict.js";
import { optimizerOf } from "./schedule.js";
import { checkOrigin, originOf, type Origin } from "./origin.js";
import { readState, saveState } from "./state-file.js";
import { epochBatches, type Batch } from "./tokens/batches.js";

/** Reads the checkpoint and the texts, says what it made of them, and is ready to train. */
export async function startTraining(request: TrainRequest<EncoderOptions>): Promise<Training> {
  const { train, tests = {}, options, seed, threads, effects, signal, resume } = request;
  const { folder } = await resolveModel(options.model, { effects, signal });
  const task = train.input.kind === "choices" ? "choice" : "classification";
  const checkpoint = await loadCheckpoint(folder, task);
  const head = startingHead({ checkpoint, labels: train.labelNames, seed, fresh: options.head === "new" });
  const epochs = passes(options, updatesPerEpoch(options, train.size));
  const total = Array.from({ length: epochs.epochs }, (_, epoch) => epochs.updates(epoch)).reduce(
    (a, b) => a + b,
    0,
  );
  const network = await EncoderNetwork.open({
    checkpoint,
    head: head.parameters,
    labels: train.labelNames,
    options,
    threads,
    optimizer: optimizerOf(options, total),
    seed: deriveSeed(seed, "dropout"),
    effects,
    signal,
  });
  try {
    const { lengths, widths, kept } = await network.sizesOf(train);
    checkMemory({
      ...{ config: checkpoint.config, options, lengths, kept },
      sequences: widths === null ? 1 : train.labelNames.length,
    });
    for (const test of Object.values(tests)) network.checkChoices(test);
    const early = await EarlyStop.open(options, train, effects);
    if (early.dev !== null) network.checkChoices(early.dev);
    const inputs = await network.inputsOf(train);
    if (resume?.folder != null) {
      const state = await readState(resume.folder, network);
      await checkOrigin(options, state.origin, () => originOf(folder, early.dev));
      early.restore(state.early);
    } else if (head.drawn.length > 0) {
      effects.log(
        `${options.model}: a new ${head.drawn.join(" and ")} is drawn and trained for these labels`,
      );
    }
    return new EncoderTraining(request, network, inputs, epochs, early);
  } catch (error) {
    await network.close();
    throw error;
  }
}

class EncoderTraining implements Training {
  readonly #breather: Breather;
  #complete = true;
  #origin: Promise<Origin> | null = null;

  constructor(
    private readonly request: TrainRequest<EncoderOptions>,
    private readonly network: EncoderNetwork,
    private readonly inputs: Inputs,
    private readonly passes: Passes,
    private readonly early: EarlyStop,
  ) {
    this.#breather = new Breather(request.signal);
  }

  async *epochs(): AsyncGenerator<Epoch> {
    const { train, observe = train, protocol, resume } = this.request;
    // What was interrupted may have been about to stop.
    if (this.ended) return;
    for (let epoch = resume?.epochs ?? 0; epoch < this.passes.epochs; epoch++) {
      let loss = NaN;
      const pass = this.#pass(epoch, (mean) => (loss = mean));
      if (protocol === "epoch-end" || !this.passes.isWhole(epoch)) for await (const _ of pass);
      if (protocol === "train-pass" && !this.passes.isWhole(epoch)) continue;
      this.#complete = false;
      yield {
        epoch,
        observations: this.#whole(epoch, protocol === "epoch-end" ? this.network.predict(observe) : pass),
        trainLoss: () => loss,
        save: async (folder) =>
          saveState(folder, this.network, { early: this.early.state, origin: await this.#originOnce() }),
      };
      if (!this.#complete || this.ended) return;
    }
  }

  get ended(): boolean {
    return this.early.stops;
  }

  predict(dataset: Dataset): AsyncIterable<LogitsBatch> {
    return this.network.predict(dataset);
  }

  async embeddings(dataset: Dataset): Promise<Embeddings | null> {
    return this.request.options.keepEmbeddings ? this.network.embeddings(dataset) : null;
  }

  saveModel(folder: string): Promise<void> {
    return this.network.save(folder);
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.early.close();
  }

  /** The observations of an epoch. When they are read, it is known whether another one follows. */
  async *#whole(epoch: number, batches: AsyncIterable<LogitsBatch>): AsyncGenerator<LogitsBatch> {
    for await (const batch of batches) {
      await this.#breather.turn();
      yield batch;
    }
    await this.early.look(this.network, epoch);
    this.#complete = true;
  }

  #originOnce(): Promise<Origin> {
    return (this.#origin ??= originOf(this.network.folder, this.early.dev));
  }

  /** Trains for one epoch. Yields each batch's logits as its step computed them: before the update, dropout on. */
  async *#pass(epoch: number, report: (meanLoss: number) => void): AsyncGenerator<LogitsBatch> {
    const { train, options, seed } = this.request;
    const batches = epochBatches(this.inputs.lengths, {
      size: options.batch,
      seed: deriveSeed(seed, "batches"),
      epoch,
      group: !options.mixLengths,
    }).slice(0, this.passes.updates(epoch));
    let loss = 0;
    let seen = 0;
    for (const batch of batches) {
      await this.#breather.turn();
      for (const rows of parts(batch, options.parts)) {
        const { arrays, sizes } = await this.inputs.make(rows, batch.length, train.gold);
        const result = await this.network.accumulate(arrays, rows.length / batch.rows.length, sizes);
        loss += rows.length * result.loss;
        yield logitsBatch(rows, result.outputs.logits, train.labelNames.length, this.inputs.widths);
      }
      this.network.compiled.update();
      seen += batch.rows.length;
    }
    report(loss / seen);
  }
}

function parts({ rows }: Batch, count: number): Int32Array[] {
  const size = Math.ceil(rows.length / count);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, part) =>
    rows.slice(part * size, (part + 1) * size),
  );
}
