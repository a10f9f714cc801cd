/**
 * How long a cell trains. By epochs: as many passes over its subset as over the whole set. By steps: as many updates as the whole set
 * gets, in whole epochs, rounded to the nearest and at least one. A subset of a tenth makes ten times as many passes, and what rounding
 * leaves is at most half an epoch of the subset.
 */

import type { Trainer, TrainerOptions } from "../train/trainer.js";
import type { Budget } from "./spec.js";

/**
 * @param whole examples of the whole training set
 * @param n examples of the cell
 */
export function epochsOf(
  trainer: Pick<Trainer, "updatesPerEpoch">,
  options: TrainerOptions,
  budget: Budget,
  whole: number,
  n: number,
): number {
  if (budget === "epochs" || n === whole) return options.epochs;
  const updates = (size: number): number => trainer.updatesPerEpoch?.(options, size) ?? size;
  return Math.max(1, Math.round((options.epochs * updates(whole)) / updates(n)));
}
