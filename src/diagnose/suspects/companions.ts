/**
 * Trainings that detectors need beside the run, planned as plain data: the same trainer and options on the same examples, once observed held-out, twice
 * with threshold samples, twice with other seeds, once after known flips. Each lies in the run's folder under a name that follows from all that
 * it depends on, so that a second request finds it.
 */

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Effects } from "../../core/effects.js";
import { deriveSeed, hashId } from "../../core/random.js";
import type { Dataset } from "../../dataset/dataset.js";
import { relabel } from "../../dataset/relabel.js";
import { buildMap } from "../../map/build-map.js";
import { layout } from "../../run/layout.js";
import { openRun, type Run } from "../../run/reader.js";
import { findTrainer } from "../../train/registry.js";
import { train } from "../../train/train.js";
import type { Protocol } from "../../train/trainer.js";
import type { DetectorNeed } from "../detect/detector.js";
import { injectNoise } from "../noise/inject.js";
import { regionPool } from "../noise/pools.js";
import { writeTruth } from "../noise/truth.js";

export type CompanionKind = "held-out" | "threshold-samples" | "several-runs" | "injected-noise";

/** All that a companion depends on. */
export interface CompanionPlan {
  readonly kind: CompanionKind;
  /** Of several of one kind, 0-based. */
  readonly index: number;
  readonly trainer: string;
  readonly trainerVersion: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
  readonly folds: number | null;
  readonly seed: number;
  /** SHA-256 of the run's examples. */
  readonly examples: string;
}

/** How many trainings each kind takes. */
const counts: Readonly<Record<CompanionKind, number>> = {
  "held-out": 1,
  "threshold-samples": 2,
  "several-runs": 2,
  "injected-noise": 1,
};

const folds = 5;
/** Share of all examples that is flipped, among the easy ones: the paper's. */
export const injectedRate = 0.01;

/** The kind of companion that meets a need; null: none does. */
export function companionFor(need: DetectorNeed): CompanionKind | null {
  return Object.hasOwn(counts, need) ? (need as CompanionKind) : null;
}

/** The companions of one kind that a run would have. @param run trained by Alidade */
export function planCompanions(run: Run, kind: CompanionKind): CompanionPlan[] {
  const { trainer, protocol, checksums } = run.manifest;
  if (trainer === null || protocol === "unknown") return [];
  const { version = 1 } = findTrainer(trainer.name);
  return Array.from({ length: counts[kind] }, (_, index) => ({
    kind,
    index,
    trainer: trainer.name,
    trainerVersion: version,
    options: kind === "held-out" ? heldOutOptions(trainer.name, trainer.options) : trainer.options,
    protocol: kind === "held-out" ? "held-out" : protocol,
    folds: kind === "held-out" ? folds : trainer.folds,
    seed: deriveSeed(trainer.seed, `companion ${kind} ${index}`) >>> 0,
    examples: checksums["examples.parquet"] ?? "",
  }));
}

/**
 * An n-gram of one training example says nothing of examples that the model does not see, but takes a share of their vectors: without those, average
 * precision at 5 % wrong labels rises from .75 to .82 on TREC (docs/label-errors.md).
 */
function heldOutOptions(
  trainer: string,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return trainer === "ngram" && options["minCount"] === 1 ? { ...options, minCount: 2 } : options;
}

export function companionFolder(folder: string, plan: CompanionPlan): string {
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  return join(layout.companions(folder), hash.slice(0, 16));
}

/** Whether it stands, map included. */
export async function companionStands(folder: string, plan: CompanionPlan): Promise<boolean> {
  const place = companionFolder(folder, plan);
  if (!(await stat(layout.map(place)).catch(() => null))) return false;
  const { epochs, checksums } = (await openRun(place)).manifest;
  return epochs.finished === epochs.planned && checksums["map.parquet"] !== undefined;
}

export interface TrainCompanionOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects: Effects;
}

/** Trains one, map included. @returns false where the signal stopped it */
export async function trainCompanion(
  run: Run,
  dataset: Dataset,
  plan: CompanionPlan,
  { threads, signal, effects }: TrainCompanionOptions,
): Promise<boolean> {
  const out = companionFolder(run.folder, plan);
  const { given, finish } = await companionData(run, dataset, plan);
  const { outcome } = await train(given, {
    out,
    trainer: findTrainer(plan.trainer),
    options: plan.options,
    protocol: plan.protocol,
    folds: plan.folds ?? undefined,
    seed: plan.seed,
    threads,
    logits: plan.kind === "held-out" ? "all" : undefined,
    overwrite: true,
    signal,
    effects,
  });
  if (outcome === "stopped") return false;
  await finish(out);
  await buildMap(out, { threads });
  return true;
}

async function companionData(
  run: Run,
  dataset: Dataset,
  plan: CompanionPlan,
): Promise<{ given: Dataset; finish: (out: string) => Promise<void> }> {
  switch (plan.kind) {
    case "held-out":
    case "several-runs":
      return { given: dataset, finish: () => Promise.resolve() };
    case "threshold-samples": {
      const sampled = thresholdSamples(dataset, run, plan.index);
      const extra = dataset.labelNames.length;
      const gold = dataset.gold.map((label, row) => (sampled[row] === 1 ? extra : label));
      const given = relabel(dataset, gold, [...dataset.labelNames, unusedName(dataset.labelNames)]);
      return { given, finish: () => Promise.resolve() };
    }
    case "injected-noise": {
      const from = await regionPool(dataset, run.folder, "easy-to-learn");
      const { seed } = plan;
      const noisy = injectNoise(dataset, {
        rate: Math.min(injectedRate, from.rows.length / dataset.size),
        from,
        seed,
      });
      return { given: noisy.dataset, finish: (out) => writeTruth(join(out, "truth.json"), noisy.truth) };
    }
  }
}

/**
 * 1 where an example has the extra label in the training of that index: N / (K + 1) of them (Pleiss et al. 2020), others in each training.
 */
export function thresholdSamples(
  { ids, size, labelNames }: Pick<Dataset, "ids" | "size" | "labelNames">,
  run: Pick<Run, "manifest">,
  index: number,
): Uint8Array {
  const seed = deriveSeed(run.manifest.trainer?.seed ?? 0, "threshold samples");
  const ranks = ids.map((id) => hashId(id, seed));
  const order = [...ids.keys()].sort((a, b) => ranks[a]! - ranks[b]! || (ids[a]! < ids[b]! ? -1 : 1));
  const count = Math.max(1, Math.floor(size / (labelNames.length + 1)));
  const sampled = new Uint8Array(size);
  for (const row of order.slice(index * count, (index + 1) * count)) sampled[row] = 1;
  return sampled;
}

function unusedName(names: readonly string[]): string {
  let name = "threshold sample";
  while (names.includes(name)) name += "'";
  return name;
}
