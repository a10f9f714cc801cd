/** One cell of a calibration study: an arm trained once, its forecasts of the test part measured through the training. */

import { quiet } from "../../core/effects.js";
import type { Dataset } from "../../dataset/dataset.js";
import { collectLogits } from "../../run/collect.js";
import type { RowLogits } from "../../run/observation.js";
import { parseOptions } from "../../train/parse-options.js";
import type { Trainer, TrainerOptions } from "../../train/trainer.js";
import { forecastRows, forecastsOf, oneHot, type Forecasts } from "../calibration/forecasts.js";
import { measure, measurable } from "../calibration/measures.js";
import { scoreForecasts } from "../calibration/score-forecasts.js";
import { crossFitTemperature } from "../calibration/temperature.js";

/** What is measured against one target. */
export interface CellMeasures {
  readonly accuracy: number;
  readonly confidence: number;
  readonly smooth: number;
  readonly debiased: number;
  readonly nll: number;
  readonly brier: number;
  /** Mean total variation distance between forecast and target distribution. */
  readonly distance: number;
}

export interface CellTarget {
  readonly temperature: number;
  readonly before: CellMeasures;
  readonly after: CellMeasures;
}

/** Of some rows of the test part. */
export interface CellPart {
  readonly votes: CellTarget;
  readonly majority: CellTarget;
}

export interface CellPoint {
  /** Passes over the training examples. */
  readonly passes: number;
  readonly whole: CellPart;
  /** Halves of the test part: what is matched on one is measured on the other. */
  readonly halves: readonly [CellPart, CellPart];
}

export interface CellRequest {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Test rows x labels: shares of votes, or the distribution that is known. */
  readonly shares: Float64Array;
  readonly majority: Int32Array;
  /** Of cross-fitting, of each test row. */
  readonly fold: Int32Array;
  /** 0 or 1 of each test row. */
  readonly half: Int32Array;
  readonly trainer: Trainer;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** Parts of the first pass after which the model is looked at too. */
export const firstPass = [1 / 16, 1 / 8, 1 / 4, 1 / 2] as const;

/** @returns null where the signal stopped it */
export async function trainCell(request: CellRequest): Promise<CellPoint[] | null> {
  const { train, trainer, signal } = request;
  const parsed = parseOptions(trainer, { ...request.options, targets: "votes" });
  const updates = trainer.updatesPerEpoch?.(parsed, train.size) ?? 0;
  const points: CellPoint[] = [];
  for (const share of firstPass) {
    const steps = Math.round(updates * share);
    if (steps < 1 || steps === updates) continue;
    const [logits] = await observe(request, { ...parsed, epochs: 1, steps });
    if (logits !== undefined) points.push(measurePoint(request, logits, steps / updates));
  }
  const epochs = await observe(request, parsed);
  epochs.forEach((logits, epoch) => points.push(measurePoint(request, logits, epoch + 1)));
  return signal?.aborted === true ? null : points;
}

/** The test part's logits after each epoch. */
async function observe(
  { train, test, trainer, seed, threads, signal }: CellRequest,
  options: TrainerOptions,
): Promise<RowLogits[]> {
  const training = await trainer.start({
    ...{ train, observe: test, protocol: "epoch-end", seed, options, threads, signal, effects: quiet },
  });
  try {
    const epochs: RowLogits[] = [];
    for await (const { observations, epoch } of training.epochs()) {
      epochs.push(await collectLogits(observations, { size: test.size, what: epoch, ids: test.ids }));
      if (signal?.aborted === true) break;
    }
    return epochs;
  } finally {
    await training.close();
  }
}

function measurePoint(
  { train, shares, majority, fold, half }: CellRequest,
  logits: RowLogits,
  passes: number,
): CellPoint {
  const names = train.labelNames;
  const gold = forecastsOf(logits, { names, ofModel: Int32Array.from(names, (_, i) => i), gold: majority });
  const people: Forecasts = { ...gold, target: shares };
  const own: Forecasts = { ...gold, target: oneHot(majority, names.length) };
  const targets = ([people, own] as const).map((forecasts) => {
    const { all, sharpness } = crossFitTemperature(forecasts, fold);
    return { forecasts, temperature: all.temperature, sharpness };
  });
  const part = (rows: Int32Array): CellPart => {
    const [votes, label] = targets.map(({ forecasts, temperature, sharpness }): CellTarget => {
      const some = forecastRows(forecasts, rows);
      const powers = Float64Array.from(rows, (row) => sharpness[row]!);
      return { temperature, before: cellMeasures(some, 1), after: cellMeasures(some, powers) };
    });
    return { votes: votes!, majority: label! };
  };
  const all = Int32Array.from(half.keys());
  return {
    passes,
    whole: part(all),
    halves: [part(all.filter((row) => half[row] === 0)), part(all.filter((row) => half[row] === 1))],
  };
}

function cellMeasures(forecasts: Forecasts, sharpness: number | Float64Array): CellMeasures {
  const scored = scoreForecasts(forecasts, sharpness);
  const found = measure(measurable(forecasts, scored, { bins: 15, classwise: false }));
  let distance = 0;
  for (let i = 0; i < forecasts.target.length; i++)
    distance += Math.abs(scored.probabilities[i]! - forecasts.target[i]!) / 2;
  return {
    accuracy: found.accuracy!,
    confidence: found.confidence!,
    smooth: found["smooth-ece"]!,
    debiased: found["ece-debiased"]!,
    nll: found.nll!,
    brier: found.brier!,
    distance: distance / forecasts.size,
  };
}
