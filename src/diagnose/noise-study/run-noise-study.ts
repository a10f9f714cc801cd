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
import type { DataMap, Region } from "../../map/map.js";
import { plotMap } from "../../plot/map-figure.js";
import { writeFigure } from "../../plot/render.js";
import { layout } from "../../run/layout.js";
import { openRun } from "../../run/reader.js";
import { train } from "../../train/train.js";
import type { Trainer } from "../../train/trainer.js";
import type { DetectorNeed } from "../detect/detector.js";
import { canServe } from "../detect/detectors/ensemble.js";
import type { InjectedMap } from "../detect/evidence.js";
import { builtInDetectors } from "../detect/registry.js";
import { runDetector } from "../detect/run-detector.js";
import { fitIsotonic, isotonicAt } from "../measure/isotonic.js";
import { atRank, auroc, averagePrecision } from "../measure/ranking.js";
import { injectNoise, type FlipPool, type NoiseOptions } from "../noise/inject.js";
import { regionPool, secondChoices } from "../noise/pools.js";
import { writeTruth } from "../noise/truth.js";
import { trainMissing } from "../suspects/find-suspects.js";
import { runEvidence } from "../suspects/run-evidence.js";
import type { Calibration } from "./calibration.js";
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
  /** Brier score of each detector's calibrated probabilities, each cell's from the other seeds; and of the rate alone. */
  readonly calibration: Readonly<Record<string, { readonly brier: number; readonly ofRate: number }>>;
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
    calibration: await calibrate(judged, out, options.deep === true),
    figures: await drawFlips(judged, before, out),
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
  const { trainer, trainerOptions, seed = 0, threads, signal } = options;
  if (await stat(layout.map(folder)).catch(() => null)) {
    const { epochs, checksums } = (await openRun(folder)).manifest;
    if (epochs.finished === epochs.planned && checksums["map.parquet"] !== undefined) return true;
  }
  const { outcome } = await train(dataset, {
    ...{ out: folder, trainer, seed, threads, signal, overwrite: true },
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

/** Probabilities of each detector's scores; judged on seeds that they were not learned from, kept as learned from all. */
async function calibrate(
  all: readonly Judged[],
  out: string,
  deep: boolean,
): Promise<NoiseStudy["calibration"]> {
  const fit = (cells: readonly Judged[], name: string) =>
    fitIsotonic(concatenated(cells.map(({ scores }) => scores.get(name)!)), concatenatedFlags(cells));
  const judged: Record<string, { brier: number; ofRate: number }> = {};
  const kept: Record<string, Calibration["detectors"][string]> = {};
  const share = mean(Float64Array.from(concatenatedFlags(all)));
  for (const name of all[0]?.scores.keys() ?? []) {
    const errors = all.map((cell) => {
      const isotonic = fit(
        all.filter(({ seed }) => seed !== cell.seed),
        name,
      );
      const { flipped } = cell.injected;
      const error = cell.scores.get(name)!.map((score, row) => {
        const p = isotonicAt(isotonic, score);
        return ((Number.isNaN(p) ? share : p) - flipped[row]!) ** 2;
      });
      const own = mean(Float64Array.from(flipped));
      return { brier: mean(error), ofRate: own * (1 - own) };
    });
    judged[name] = {
      brier: mean(Float64Array.from(errors, ({ brier }) => brier)),
      ofRate: mean(Float64Array.from(errors, ({ ofRate }) => ofRate)),
    };
    const { scores, probabilities } = fit(all, name);
    kept[name] = { scores: [...scores], probabilities: [...probabilities] };
  }
  const calibration: Calibration = { format: 1, deep, prior: share, detectors: kept };
  await writeFileAtomically(join(out, "calibration.json"), `${JSON.stringify(calibration)}\n`);
  return judged;
}

/** Where the flipped examples of the first seed of each rate were on the map, and where they went. */
async function drawFlips(all: readonly Judged[], before: StoredMap, out: string): Promise<string[]> {
  const figures: string[] = [];
  for (const { rate, injected, map } of all.filter(({ seed }) => seed === 0)) {
    const rows = Int32Array.from(injected.flipped.keys()).filter((row) => injected.flipped[row] === 1);
    if (rows.length === 0) continue;
    for (const [when, of] of [
      ["before", before],
      ["after", map],
    ] as const) {
      const path = join(out, `flipped-${when}-${rate}.svg`);
      const title = `${rows.length.toLocaleString("en-US")} examples ${when === "before" ? "before" : "after"} their labels were flipped`;
      await writeFigure(path, plotMap(mapOf(of, rows), { title, subtitle: `rate ${rate}, seed 0` }), {});
      figures.push(path);
    }
  }
  return figures;
}

function mapOf(map: DataMap, rows: Int32Array): DataMap {
  const at = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return {
    size: rows.length,
    ids: Array.from(rows, (row) => map.ids[row]!),
    labels: Array.from(rows, (row) => map.labels[row]!),
    confidence: at(map.confidence),
    variability: at(map.variability),
    correctness: at(map.correctness),
    correctEpochs: at(map.correctEpochs),
    epochs: map.epochs,
    regions: Uint8Array.from(rows, (row) => map.regions[row]!),
  };
}

function membership({ rows }: FlipPool, size: number): Uint8Array {
  const member = new Uint8Array(size);
  for (const row of rows) member[row] = 1;
  return member;
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function concatenatedFlags(cells: readonly Judged[]): Uint8Array {
  return Uint8Array.from(cells.flatMap(({ injected }) => [...injected.flipped]));
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
