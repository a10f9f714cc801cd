/**
 * How long a cell trains. By epochs: as many passes over its subset as over the whole set. By steps: exactly as many updates as the whole
 * set gets, so that a subset of a tenth is passed over about ten times as often and its last pass may stop in the middle. Of a trainer that
 * does not count its updates: as many examples seen, in whole epochs, rounded to the nearest and at least one.
 */

import { updatesOf } from "../../train/step-budget.js";
import type { Trainer, TrainerOptions } from "../../train/trainer.js";
import type { Budget } from "../spec/spec.js";

export interface CellBudget<Options> {
  readonly options: Options;
  /** Passes over the cell's examples; the last may be a part of one. */
  readonly epochs: number;
  /** Updates; null where the trainer does not count them. */
  readonly updates: number | null;
}

/**
 * @param options of a training on the whole set
 * @param whole examples of the whole training set
 * @param n examples of the cell
 */
export function cellBudget<Options extends TrainerOptions>(
  trainer: Pick<Trainer<Options>, "updatesPerEpoch">,
  options: Options,
  budget: Budget,
  whole: number,
  n: number,
): CellBudget<Options> {
  const all = updatesOf(trainer, options, whole);
  if (all === null) {
    const { epochs } = options;
    const passes = budget === "epochs" ? epochs : Math.max(1, Math.round((epochs * whole) / n));
    return { options: { ...options, epochs: passes }, epochs: passes, updates: null };
  }
  const perEpoch = trainer.updatesPerEpoch?.(options, n) ?? n;
  if (budget === "epochs" && options.steps === undefined) {
    return { options, epochs: options.epochs, updates: options.epochs * perEpoch };
  }
  const ofWhole = trainer.updatesPerEpoch?.(options, whole) ?? whole;
  const updates = budget === "steps" ? all : Math.max(1, Math.round((all * perEpoch) / ofWhole));
  const epochs = updates / perEpoch;
  return { options: { ...options, steps: updates, epochs: Math.ceil(epochs) }, epochs, updates };
}
