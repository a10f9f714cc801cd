/**
 * Held-out: every example is observed by a model that never trained on it. Any trainer becomes one of k models, each
 * trained without one fold and observing that fold. An epoch advances all k and is complete when all have observed.
 * A prediction is the mean of the k models' probabilities, given as its logarithm.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InternalError, UserError } from "../core/errors.js";
import type { Effects } from "../core/effects.js";
import { deriveSeed } from "../core/random.js";
import type { Dataset } from "../dataset/dataset.js";
import { wholeUnits } from "../dataset/whole-units.js";
import { assignFolds, unitCount } from "./fold.js";

import { meanPredictions } from "./mean-predictions.js";
import { subset } from "../dataset/subset.js";
import type {
  Epoch,
  LogitsBatch,
  Predictor,
  Trainer,
  TrainerOptions,
  TrainRequest,
  Training,
} from "./trainer.js";

interface FoldModel {
  /** Rows of the whole dataset that this model observes. */
  readonly rows: Int32Array;
  /** How many it trains on. */
  readonly trained: number;
  readonly training: Training;
}

/**
 * A trainer that trains `folds` models, each without one fold. Folds are stratified by label, keep groups and exact
 * duplicates together, and depend on ids and seed only. Its observations are `held-out`, whatever the request says.
 *
 * Where a label stands in one unit only, the model that observes it never saw that label: a warning says so.
 *
 * @param folds at least 2
 * @throws UserError on `start` where there are more folds than units to put in them
 */
export function heldOut<Options extends TrainerOptions>(
  trainer: Trainer<Options>,
  folds: number,
): Trainer<Options> {
  const held: Trainer<Options> = {
    ...trainer,
    can: { ...trainer.can, protocols: ["epoch-end"] },
    async start(request) {
      const { dataset, models } = await startModels(trainer, folds, request);
      return new HeldOutTraining(dataset, models);
    },
    async load(folder, threads) {
      const predictors: Predictor[] = [];
      try {
        for (let fold = 0; fold < folds; fold++) {
          predictors.push(await trainer.load(foldFolder(folder, fold), threads));
        }
      } catch (error) {
        await closeAll(predictors);
        throw error;
      }
      return {
        predict: (dataset) => meanPredictions(predictors, dataset),
        close: () => closeAll(predictors),
      };
    },
  };
  // Its models make each another number of updates.
  delete held.updatesPerEpoch;
  return held;
}

async function startModels<Options extends TrainerOptions>(
  trainer: Trainer<Options>,
  folds: number,
  request: TrainRequest<Options>,
): Promise<{ dataset: Dataset; models: FoldModel[] }> {
  const { train: dataset, observe = dataset, seed, resume, effects } = request;
  if (observe !== dataset) throw new InternalError("held-out observes what it trains on");
  const units = wholeUnits(dataset);
  const available = unitCount(units, dataset.size);
  if (folds > available) {
    throw new UserError({
      subject: "--folds",
      problem: `more folds than the ${available} examples or groups of ${dataset.name}`,
      value: folds,
      remedy: available < 2 ? "use another protocol" : `give at most ${available}`,
    });
  }
  const assigned = assignFolds({ ids: dataset.ids, gold: dataset.gold, units, folds, seed });
  warnOfUnseenLabels(dataset, assigned, effects);
  const models: FoldModel[] = [];
  try {
    for (let fold = 0; fold < folds; fold++) {
      const rows = rowsWhere(assigned, (of) => of === fold);
      const others = rowsWhere(assigned, (of) => of !== fold);
      const training = await trainer.start({
        ...request,
        train: subset(dataset, others),
        observe: subset(dataset, rows),
        protocol: "epoch-end",
        seed: deriveSeed(seed, `fold ${fold}`),
        resume: resume && {
          epochs: resume.epochs,
          folder: resume.folder === null ? null : foldFolder(resume.folder, fold),
        },
      });
      models.push({ rows, trained: others.length, training });
    }
  } catch (error) {
    await closeAll(models.map((model) => model.training));
    throw error;
  }
  return { dataset, models };
}

class HeldOutTraining implements Training {
  readonly #dataset: Dataset;
  readonly #models: readonly FoldModel[];

  constructor(dataset: Dataset, models: readonly FoldModel[]) {
    this.#dataset = dataset;
    this.#models = models;
  }

  get ended(): boolean {
    return this.#models.some(({ training }) => training.ended === true);
  }

  /** Ends when the first of the models ends. */
  async *epochs(): AsyncGenerator<Epoch> {
    const iterators = this.#models.map(({ training }) => training.epochs()[Symbol.asyncIterator]());
    try {
      // Asking for an epoch trains it: where one has ended, the others stay where they are.
      while (!this.ended) {
        const epochs: Epoch[] = [];
        for (const iterator of iterators) {
          const next = await iterator.next();
          if (next.done !== true) epochs.push(next.value);
        }
        // All were asked, so that all have replayed what they had to.
        const [first] = epochs;
        if (first === undefined || epochs.length < iterators.length) return;
        yield {
          epoch: first.epoch,
          observations: this.#observations(epochs),
          trainLoss: () => this.#meanLoss(epochs),
          save: async (folder) => {
            for (const [fold, epoch] of epochs.entries()) {
              const place = foldFolder(folder, fold);
              await mkdir(place, { recursive: true });
              await epoch.save(place);
            }
          },
        };
      }
    } finally {
      for (const iterator of iterators) await iterator.return?.();
    }
  }

  predict(dataset: Dataset): AsyncIterable<LogitsBatch> {
    return meanPredictions(
      this.#models.map((model) => model.training),
      dataset,
    );
  }

  async saveModel(folder: string): Promise<void> {
    for (const [fold, { training }] of this.#models.entries()) {
      const place = foldFolder(folder, fold);
      await mkdir(place, { recursive: true });
      await training.saveModel(place);
    }
  }

  close(): Promise<void> {
    return closeAll(this.#models.map((model) => model.training));
  }

  async *#observations(epochs: readonly Epoch[]): AsyncGenerator<LogitsBatch> {
    for (const [fold, epoch] of epochs.entries()) {
      const rows = this.#models[fold]?.rows ?? new Int32Array(0);
      for await (const batch of epoch.observations) {
        yield { ...batch, rows: batch.rows.map((row) => rows[row] ?? -1) };
      }
    }
  }

  /** Weighted by what each model trained on. */
  #meanLoss(epochs: readonly Epoch[]): number {
    const all = this.#dataset.size * (this.#models.length - 1);
    return (
      epochs.reduce((sum, epoch, fold) => sum + epoch.trainLoss() * (this.#models[fold]?.trained ?? 0), 0) /
      all
    );
  }
}

function foldFolder(folder: string, fold: number): string {
  return join(folder, `fold=${fold}`);
}

function rowsWhere(assigned: Int32Array, takes: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < assigned.length; row++) if (takes(assigned[row] ?? -1)) rows.push(row);
  return Int32Array.from(rows);
}

function warnOfUnseenLabels(dataset: Dataset, assigned: Int32Array, effects: Effects): void {
  if (dataset.input.kind === "choices") return;
  const folds = dataset.labelNames.map(() => new Set<number>());
  for (let row = 0; row < dataset.size; row++) folds[dataset.gold[row] ?? -1]?.add(assigned[row] ?? -1);
  const unseen = dataset.labelNames.filter((_, label) => folds[label]?.size === 1);
  if (unseen.length === 0) return;
  const shown = unseen.slice(0, 5).join(", ") + (unseen.length > 5 ? ", ..." : "");
  effects.warn(
    `held-out: all examples of ${unseen.length === 1 ? "the label" : `${unseen.length} labels`} ${shown} fall into one fold: ` +
      "the model that observes them never saw that label",
  );
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened) await one.close();
}
