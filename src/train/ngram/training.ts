/** One training of the n-gram trainer: epochs, observations, prediction. */

import { mkdir } from "node:fs/promises";
import { InternalError, UserError } from "../../core/errors.js";
import { deriveSeed, Random } from "../../core/random.js";
import type { Dataset } from "../../dataset/dataset.js";
import { Breather } from "../../core/stop.js";
import type { Epoch, LogitsBatch, TrainRequest, Training } from "../trainer.js";
import { passes, type Passes } from "../step-budget.js";
import { voteTargets } from "../vote-targets.js";
import { hashDataset } from "./hash-dataset.js";
import { LinearModel, softmaxDelta, softTargetDelta, type Dropout, type Examples } from "./linear-model.js";
import { saveModel } from "./model-file.js";
import type { NgramOptions } from "./options.js";
import { predictLogits } from "./predict.js";
import { fitVocabulary, weigh, type Vocabulary } from "./vocabulary.js";

/** Examples between two looks at the clock and the signal, about; always whole batches. */
const examplesATurn = 2048;

/** Updates of a whole epoch: one a batch. */
export function updatesPerEpoch({ batch }: Pick<NgramOptions, "batch">, size: number): number {
  return Math.ceil(size / batch);
}

export async function startTraining(request: TrainRequest<NgramOptions>): Promise<Training> {
  const { train, observe = train, options, threads, signal } = request;
  const targets = options.targets === "votes" ? voteTargets(train) : null;
  const hashed = await hashDataset(train, options, threads, signal);
  const vocabulary = fitVocabulary(hashed.vectors, options.buckets, options.minCount);
  const examples = { vectors: weigh(hashed.vectors, vocabulary), first: hashed.first };
  let observed: Examples = examples;
  if (observe !== train) {
    const other = await hashDataset(observe, options, threads, signal);
    observed = { vectors: weigh(other.vectors, vocabulary), first: other.first };
  }
  return new NgramTraining(request, vocabulary, { examples, observed, targets });
}

class NgramTraining implements Training {
  readonly #model: LinearModel;
  readonly #breather: Breather;
  readonly #widest: number;
  readonly #passes: Passes;
  private readonly examples: Examples;
  private readonly observed: Examples;
  /** Shares of votes, rows x labels; null: the gold labels are learned. */
  readonly #targets: Float32Array | null;

  constructor(
    private readonly request: TrainRequest<NgramOptions>,
    private readonly vocabulary: Vocabulary,
    data: {
      readonly examples: Examples;
      readonly observed: Examples;
      readonly targets: Float32Array | null;
    },
  ) {
    this.examples = data.examples;
    this.observed = data.observed;
    this.#targets = data.targets;
    const { labelNames, input } = request.train;
    const choices = input.kind === "choices";
    this.#model = new LinearModel(vocabulary.buckets.length, choices ? 1 : labelNames.length, choices);
    this.#widest = labelNames.length;
    this.#passes = passes(request.options, updatesPerEpoch(request.options, request.train.size));
    this.#breather = new Breather(request.signal);
  }

  async *epochs(): AsyncGenerator<Epoch> {
    const { protocol, resume } = this.request;
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

  async *predict(dataset: Dataset): AsyncGenerator<LogitsBatch> {
    const { options, threads, signal } = this.request;
    const hashed = await hashDataset(dataset, options, threads, signal);
    yield* predictLogits(this.#model, {
      vectors: weigh(hashed.vectors, this.vocabulary),
      first: hashed.first,
    });
  }

  async saveModel(folder: string): Promise<void> {
    const { train, options } = this.request;
    const { words, characters, buckets } = options;
    await mkdir(folder, { recursive: true });
    await saveModel(folder, {
      model: this.#model,
      vocabulary: this.vocabulary,
      grams: { words, characters, buckets },
      labelNames: train.labelNames,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Trains for one epoch. Yields the logits that examples had before their step, many batches at once. */
  async *#pass(epoch: number, report: (meanLoss: number) => void): AsyncGenerator<LogitsBatch> {
    const { train, options, seed } = this.request;
    const { batch, l2, dropout: share } = options;
    const model = this.#model;
    const targets = this.#targets;
    const all = new Random(deriveSeed(seed, `epoch ${epoch}`)).permutation(train.size);
    const order = all.subarray(0, this.#passes.updates(epoch) * batch);
    const dropout: Dropout | null = share > 0 ? { share, seed: deriveSeed(seed, `dropout ${epoch}`) } : null;
    // A step moves the gold logit's lead over the others by K / (K - 1) of what it moves the gold logit: without that, two labels would be
    // learned twice as fast as many.
    const rate = options.learningRate * (1 - 1 / this.#widest);
    const step = { rate: rate / (1 + options.decay * epoch), l2 };
    const delta = new Float32Array(batch * this.#widest);
    let loss = 0;
    const turnSize = batch * Math.max(1, Math.floor(examplesATurn / batch));
    for (let start = 0; start < order.length; start += turnSize) {
      await this.#breather.turn();
      const turn = order.subarray(start, start + turnSize);
      const observed = this.#emptyBatch(turn);
      let at = 0;
      for (let first = 0; first < turn.length; first += batch) {
        const rows = turn.subarray(first, first + batch);
        const begin = at;
        // All of a batch is scored before any of it is learned: an example's place in the batch plays no part.
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i]!;
          const width = model.width(this.examples, row);
          const from = i * this.#widest;
          model.forward(this.examples, row, delta, from, dropout);
          for (let k = 0; k < width; k++) observed.logits[at + k] = delta[from + k]!;
          at += width;
          loss +=
            targets === null
              ? softmaxDelta(delta, from, width, train.gold[row]!)
              : softTargetDelta(delta, from, width, targets, row * width);
        }
        if (at === begin) continue;
        for (let i = 0; i < rows.length; i++) {
          model.backward(this.examples, rows[i]!, delta, i * this.#widest, step, dropout);
        }
      }
      yield observed;
    }
    this.#check(loss, epoch);
    report(loss / order.length);
  }

  #emptyBatch(rows: Int32Array): LogitsBatch & { readonly logits: Float32Array } {
    const widths = rows.map((row) => this.#model.width(this.examples, row));
    return {
      rows: rows.slice(),
      logits: new Float32Array(widths.reduce((sum, width) => sum + width, 0)),
      widths: this.#model.choices ? widths : this.#model.labels,
    };
  }

  #check(loss: number, epoch: number): void {
    if (Number.isFinite(loss)) return;
    throw new UserError({
      subject: "ngram trainer",
      problem: `the loss is not finite in epoch ${epoch}`,
      value: loss,
      remedy: "lower --learning-rate",
    });
  }

  async *#observe(): AsyncGenerator<LogitsBatch> {
    for (const batch of predictLogits(this.#model, this.observed)) {
      await this.#breather.turn();
      yield batch;
    }
  }
}
