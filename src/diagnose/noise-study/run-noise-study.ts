/**
 * A noise study: labels are flipped, the model is trained again with identical settings, the map drawn again, and every detector is judged by what was
 * flipped. A cell is a rate and a seed; its run and its result lie in a folder of their own, so that what stands is not done again.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import type { Dataset } from "../../dataset/dataset.js";
import { buildMap } from "../../map/build-map.js";
import { readMap, type StoredMap } from "../../map/read-map.js";
import type { Region } from "../../map/map.js";
import { layout } from "../../run/layout.js";
import { openRun } from "../../run/reader.js";
import { train } from "../../train/train.js";
import { planTrainer } from "../../train/plan.js";
import type { Protocol, Trainer } from "../../train/trainer.js";
import type { DetectorNeed } from "../detect/detector.js";
import { canServe } from "../detect/detectors/ensemble.js";
import type { InjectedMap } from "../detect/evidence.js";
import { builtInDetectors } from "../detect/registry.js";
import { runDetector } from "../detect/run-detector.js";
import { atRank, auroc, averagePrecision } from "../measure/ranking.js";
import { injectNoise, type FlipPool, type NoiseOptions } from "../noise/inject.js";
import { regionPool, secondChoices } from "../noise/pools.js";
import { writeTruth } from "../noise/truth.js";
import { trainMissing } from "../suspects/find-suspects.js";
import { runEvidence } from "../suspects/run-evidence.js";
import { calibrate, type CalibrationJudged } from "./calibrate.js";
import { drawFlips } from "./flip-figures.js";
import {
  featureSets,
  flagOriginal,
  judgePaperDetector,
  type FeatureSet,
  type PaperScores,
} from "./paper-detector.js";

export interface NoiseStudyOptions {
  /** The study's folder. */
  readonly out: string;
  /** Shares of all examples that flip, each above 0 and below 1. */
  readonly rates: readonly number[];
  /** How many injections of each rate, at least 2: what is learned from some is judged on others. */
  readonly seeds: number;
  /** Which examples may flip: of a region of the original run, or these. Default: all. */
  readonly from?: Region | FlipPool | undefined;
  /** Default: uniform. */
  readonly how?:
    | Exclude<NoiseOptions["how"], undefined | { readonly kind: "confusion" }>
    | { readonly kind: "confusion" }
    | undefined;
  /** Trains the companions of every cell too, so that all detectors are judged. Default: false. */
  readonly deep?: boolean | undefined;
  /** How observations are taken in all trainings; the paper's way is `train-pass`. Default: the trainer's own. */
  readonly protocol?: Protocol | undefined;
  readonly trainer: Trainer;
  readonly trainerOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Of all trainings. Default: 0. */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

export interface DetectorScores {
  readonly averagePrecision: number;
  readonly auroc: number;
  /** Of the first k, k the number of flips: its recall is the same. */
  readonly precisionAtK: number;
  readonly flagged: number | null;
  readonly right: number | null;
}

export interface CellFindings {
  readonly rate: number;
  readonly seed: number;
  readonly flipped: number;
  readonly detectors: Readonly<Record<string, DetectorScores>>;
  /** Learned from the other seeds of this rate. */
  readonly paper: Readonly<Record<FeatureSet, PaperScores>>;
  /** Means over the flipped examples. */
  readonly moved: {
    readonly confidence: { readonly before: number; readonly after: number };
    readonly variability: { readonly before: number; readonly after: number };
  };
  /** What the paper's detector, learned from this injection alone, flags of the original run. */
  readonly original: { readonly plain: number; readonly corrected: number; readonly prior: number };
}

export interface NoiseStudy {
  readonly format: 1;
  readonly dataset: string;
  readonly size: number;
  readonly from: string | null;
  readonly how: string;
  readonly cells: readonly CellFindings[];
  readonly calibration: Readonly<Record<string, CalibrationJudged>>;
  readonly figures: readonly string[];
}

interface Judged {
  readonly rate: number;
  readonly seed: number;
  readonly map: StoredMap;
  readonly injected: InjectedMap;
  readonly scores: ReadonlyMap<string, Float64Array>;
  readonly flagged: ReadonlyMap<string, Uint8Array | null>;
}

/** @throws UserError where options are wrong, or the folder holds a study with other ones */
export async function runNoiseStudy(
  dataset: Dataset,
  options: NoiseStudyOptions,
): Promise<NoiseStudy | null> {
  const { out, rates, seeds, effects = quiet, signal } = options;
  checkOptions(options);
  const { trainer, trainerOptions, protocol, seed: trainingSeed, threads } = options;
  planTrainer(trainer, { options: trainerOptions, protocol, seed: trainingSeed, threads }, []);
  await claimFolder(dataset, options);
  const original = join(out, "original");
  if (!(await trainOnce(dataset, original, options))) return null;
  const before = await readMap(original);
  const from =
    typeof options.from === "string" ? await regionPool(dataset, original, options.from) : options.from;
  const how: NoiseOptions["how"] =
    options.how?.kind === "confusion"
      ? { kind: "confusion", second: await secondChoices(dataset, original) }
      : options.how;
  const judged: Judged[] = [];
  const task = effects.progress("noise study", rates.length * seeds, "cells");
  for (const rate of rates) {
    for (let seed = 0; seed < seeds; seed++) {
      const one = await judgeCell(dataset, { rate, seed, from, how, options });
      if (one === null || signal?.aborted === true) {
        task.end(true);
        return null;
      }
      judged.push(one);
      task.update(judged.length);
    }
  }
  task.end();
  const pool = from === undefined ? null : membership(from, dataset.size);
  const study: NoiseStudy = {
    format: 1,
    dataset: dataset.name,
    size: dataset.size,
    from: from?.name ?? null,
    how: how?.kind ?? "uniform",
    cells: judged.map((one) => findings(one, judged, before, pool)),
    calibration: await calibrate(
      judged.map(({ seed, scores, injected }) => ({ seed, scores, flipped: injected.flipped })),
      out,
      options.deep === true,
    ),
    figures: await drawFlips(
      judged
        .filter(({ seed }) => seed === 0)
        .map(({ rate, map, injected }) => ({ rate, map, flipped: injected.flipped })),
      before,
      out,
    ),
  };
  await writeFileAtomically(join(out, "results.json"), `${JSON.stringify(study, null, 2)}\n`);
  return study;
}

function checkOptions({ rates, seeds, out }: NoiseStudyOptions): void {
  const bad = rates.find((rate) => !(rate > 0 && rate < 1));
  if (bad !== undefined || rates.length === 0 || new Set(rates).size < rates.length) {
    throw new UserError({
      subject: "--rate",
      problem: bad === undefined ? "needs rates, each once" : "out of range",
      value: bad ?? rates.join(","),
      remedy: "give shares above 0 and below 1, as in --rate 0.01,0.05",
    });
  }
  if (!(Number.isInteger(seeds) && seeds >= 2)) {
    throw new UserError({
      subject: "--seeds",
      problem: "too few: what is learned from one injection is judged on another",
      value: seeds,
      remedy: "give --seeds 2 or more",
    });
  }
  if (out === "")
    throw new UserError({ subject: "--out", problem: "is needed", remedy: "give -o studies/noise" });
}

/** Writes down what the study is; another one in the folder is an error. */
async function claimFolder(dataset: Dataset, options: NoiseStudyOptions): Promise<void> {
  const { out, from, how, trainer, trainerOptions = {}, seed = 0, deep = false } = options;
  const hash = createHash("sha256");
  dataset.ids.forEach((id, row) => hash.update(`${id}\u0000${dataset.gold[row]}\n`));
  // Rates and seeds may grow: the cells that stand are kept.
  const content = {
    format: 1,
    kind: "noise",
    ...{ dataset: dataset.name, examples: hash.digest("hex"), deep, seed },
    // Which examples flip together.
    ...(dataset.roles.group === undefined ? {} : { group: dataset.roles.group }),
    ...{ from: typeof from === "string" ? from : (from?.name ?? null), how: how?.kind ?? "uniform" },
    // Left out where it is the default, as in studies that were made before there was a choice.
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
    ...{ trainer: trainer.name, trainerVersion: trainer.version ?? 1, options: trainerOptions },
  };
  const path = join(out, "noise-study.json");
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await mkdir(out, { recursive: true });
  const there = await readFile(path, "utf8").catch(() => null);
  if (there === null) return await writeFileAtomically(path, text);
  if (there === text) return;
  throw new UserError({
    subject: out,
    problem: "holds a noise study of other data or options",
    remedy: "give another -o, or delete that folder",
  });
}

/** @returns false where the signal stopped it */
async function trainOnce(dataset: Dataset, folder: string, options: NoiseStudyOptions): Promise<boolean> {
  const { trainer, trainerOptions, protocol, seed = 0, threads, signal } = options;
  if (await stat(layout.map(folder)).catch(() => null)) {
    const { epochs, checksums } = (await openRun(folder)).manifest;
    if (epochs.finished === epochs.planned && checksums["map.parquet"] !== undefined) return true;
  }
  const { outcome } = await train(dataset, {
    ...{ out: folder, trainer, protocol, seed, threads, signal, overwrite: true },
    ...(trainerOptions === undefined ? {} : { options: trainerOptions }),
  });
  if (outcome === "stopped") return false;
  await buildMap(folder, { threads });
  return true;
}

interface CellRequest {
  readonly rate: number;
  readonly seed: number;
  readonly from: FlipPool | undefined;
  readonly how: NoiseOptions["how"];
  readonly options: NoiseStudyOptions;
}

async function judgeCell(
  dataset: Dataset,
  { rate, seed, from, how, options }: CellRequest,
): Promise<Judged | null> {
  const { out, deep = false, threads, signal } = options;
  const folder = join(out, "cells", `rate=${rate},seed=${seed}`);
  const { dataset: noisy, flipped: rows, truth } = injectNoise(dataset, { rate, seed, from, how });
  if (!(await trainOnce(noisy, folder, options))) return null;
  await writeTruth(join(folder, "truth.json"), truth);
  if (deep) {
    const needs = new Set<DetectorNeed>(["held-out", "threshold-samples", "several-runs", "injected-noise"]);
    await trainMissing(folder, needs, { threads, signal, dataset: noisy });
    if (signal?.aborted === true) return null;
  }
  const evidence = await runEvidence(folder, { dataset: noisy });
  const scores = new Map<string, Float64Array>();
  const flagged = new Map<string, Uint8Array | null>();
  for (const detector of Object.values(builtInDetectors)) {
    if (!canServe(detector, evidence)) continue;
    const detection = await runDetector(detector, evidence);
    scores.set(detector.name, detection.scores);
    flagged.set(detector.name, detection.flagged);
  }
  const map = await readMap(folder);
  const flips = new Uint8Array(dataset.size);
  for (const row of rows) flips[row] = 1;
  const { ids, confidence, variability } = map;
  return {
    rate,
    seed,
    map,
    injected: { ids, confidence, variability, flipped: flips, seed },
    scores,
    flagged,
  };
}

function findings(
  { rate, seed, injected, scores, flagged }: Judged,
  all: readonly Judged[],
  before: StoredMap,
  pool: Uint8Array | null,
): CellFindings {
  const { flipped } = injected;
  const many = flipped.reduce((sum, flip) => sum + flip, 0);
  const others = all.filter((one) => one.rate === rate && one.seed !== seed).map((one) => one.injected);
  const mean = (values: Float64Array): number =>
    values.reduce((sum, value, row) => sum + (flipped[row] === 1 ? value : 0), 0) / many;
  return {
    ...{ rate, seed, flipped: many },
    detectors: Object.fromEntries(
      [...scores].map(([name, values]) => {
        const flags = flagged.get(name) ?? null;
        return [
          name,
          {
            averagePrecision: averagePrecision(values, flipped),
            auroc: auroc(values, flipped),
            precisionAtK: atRank(values, flipped, many).precision,
            flagged: flags?.reduce((sum, flag) => sum + flag, 0) ?? null,
            right: flags?.reduce((sum, flag, row) => sum + (flag & flipped[row]!), 0) ?? null,
          },
        ];
      }),
    ),
    paper: Object.fromEntries(
      (Object.keys(featureSets) as FeatureSet[]).map((name) => [
        name,
        judgePaperDetector(others, injected, pool, name),
      ]),
    ) as Record<FeatureSet, PaperScores>,
    moved: {
      confidence: { before: mean(before.confidence), after: mean(injected.confidence) },
      variability: { before: mean(before.variability), after: mean(injected.variability) },
    },
    original: flagOriginal([injected], before),
  };
}

function membership({ rows }: FlipPool, size: number): Uint8Array {
  const member = new Uint8Array(size);
  for (const row of rows) member[row] = 1;
  return member;
}
