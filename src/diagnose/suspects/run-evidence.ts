/** A run as evidence: its map and dynamics, its examples, and the companions that were trained for it. */

import { join } from "node:path";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { readExamples } from "../../dataset/read-examples.js";
import { readCoordinate, readMap, withMap } from "../../map/read-map.js";
import { layout } from "../../run/layout.js";
import { openRun, type Run } from "../../run/reader.js";
import { missingCoordinate } from "../../select/missing-coordinate.js";
import type { DetectorNeed } from "../detect/detector.js";
import type { LabelEvidence, InjectedMap, Missing, RunOpinion, ThresholdRun } from "../detect/evidence.js";
import { matchTruth, readTruth } from "../noise/truth.js";
import {
  companionFolder,
  companionFor,
  companionStands,
  planCompanions,
  thresholdSamples,
  type CompanionKind,
} from "./companions.js";
import { meanProbabilities } from "./mean-probabilities.js";

export interface RunEvidenceOptions {
  /** The run's examples, where they are in memory already: rows as in the run. Its owner closes it. Default: read from the run. */
  readonly dataset?: Dataset | undefined;
  /** Folders of other runs of the same examples. Default: none. */
  readonly others?: readonly string[] | undefined;
}

export interface RunEvidence extends LabelEvidence {
  readonly run: Run;
  /** Frees the examples that were read. Safe to call twice. */
  close(): void;
}

/**
 * Opens a run that has a map. Companions count where they stand now: train them first.
 *
 * @throws UserError where the run has no map or no labels, or another run is of other examples
 */
export async function runEvidence(
  folder: string,
  { dataset: given, others = [] }: RunEvidenceOptions = {},
): Promise<RunEvidence> {
  const run = await openRun(folder);
  const { ids, labels, size, description } = await readMap(folder);
  const { labelNames } = run;
  const indices = new Map(labelNames.map((name, index) => [name, index]));
  const gold = Int32Array.from(labels, (label) => indices.get(label ?? "") ?? -1);
  if (gold.some((label) => label < 0)) {
    throw new UserError({
      subject: folder,
      problem: "its labels are not known, so none can be suspected",
      remedy: "import it with --data, the labelled file that it was trained on",
    });
  }
  const coordinate = once1(async (name: string) => await readCoordinate(folder, name));
  const has = async (name: string): Promise<boolean> => !(await coordinate(name)).every(Number.isNaN);
  const missing = new Map<DetectorNeed, Missing | null>();
  for (const [need, name] of [
    ["probabilities", "confidence"],
    ["margins", "margin"],
    ["losses", "loss_mean"],
    ["variability", "variability"],
  ] as const) {
    const { parts } = missingCoordinate(run, description, name);
    missing.set(need, (await has(name)) ? null : { problem: parts.problem, remedy: parts.remedy ?? "" });
  }
  const contents = run.manifest.dataset.input;
  missing.set("texts", textsMissing(contents));
  const companions = new Map<CompanionKind, readonly string[]>();
  for (const kind of ["held-out", "threshold-samples", "several-runs", "injected-noise"] as const) {
    const plans = planCompanions(run, kind);
    const standing = await Promise.all(plans.map((plan) => companionStands(folder, plan)));
    const all = plans.length > 0 && standing.every(Boolean);
    companions.set(kind, all ? plans.map((plan) => companionFolder(folder, plan)) : []);
    missing.set(kind, all ? null : companionMissing(run, kind));
  }
  const ownHeldOut = run.manifest.protocol === "held-out" && run.manifest.columns.includes("logits");
  if (ownHeldOut) missing.set("held-out", null);
  if (others.length > 0) missing.set("several-runs", null);
  const place = (kind: CompanionKind): string => companions.get(kind)?.[0] ?? "";
  let read: Promise<Dataset> | null = null;
  const dataset = (): Promise<Dataset> =>
    given ? Promise.resolve(given) : (read ??= readExamples(layout.examples(folder), run.manifest.dataset));
  return {
    run,
    name: folder,
    size,
    ids,
    labelNames,
    gold,
    missing: (need) => missing.get(need) ?? null,
    opinion: once(() => readOpinion(folder, labelNames)),
    coordinate,
    heldOut: once(async () => await meanProbabilities(ownHeldOut ? run : await openRun(place("held-out")))),
    thresholdRuns: once(() =>
      Promise.all(
        (companions.get("threshold-samples") ?? []).map(async (companion, index): Promise<ThresholdRun> => ({
          margins: await readCoordinate(companion, "margin"),
          sampled: thresholdSamples({ ids, size, labelNames }, run, index),
        })),
      ),
    ),
    opinions: once(async () => {
      const folders = [...others, ...(companions.get("several-runs") ?? [])];
      const opinions: RunOpinion[] = [await readOpinion(folder, labelNames)];
      for (const other of folders) {
        await sameExamples(run, ids, other);
        opinions.push(await readOpinion(other, labelNames));
      }
      return opinions;
    }),
    dataset,
    injected: once(() => Promise.all((companions.get("injected-noise") ?? []).map(readInjected))),
    close: () => {
      void read?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}

function textsMissing(input: Run["manifest"]["dataset"]["input"]): Missing | null {
  if (input === "none")
    return { problem: "has no contents of its examples", remedy: "import it with --data" };
  if (input === "features")
    return { problem: "is of features, not of texts", remedy: "choose another detector" };
  return null;
}

const trainings: Readonly<Record<CompanionKind, string>> = {
  "held-out": "which trains the same model five times, each without a fifth of the examples",
  "threshold-samples": "which trains it twice with an extra label",
  "several-runs": "which trains it twice more with other seeds, or name runs with --runs",
  "injected-noise": "which trains it once more with 1 % of the labels flipped",
};

function companionMissing({ manifest }: Run, kind: CompanionKind): Missing {
  if (manifest.trainer === null) {
    return {
      problem: "was imported, and imported runs are never retrained",
      remedy: kind === "several-runs" ? "name other runs with --runs" : "train with alidade map instead",
    };
  }
  if (kind === "threshold-samples" && manifest.dataset.input === "choices")
    return {
      problem: "is of multiple choice, which has no classes to add one to",
      remedy: "choose another detector",
    };
  return {
    problem: `has no ${companionFor(kind) === null ? kind : `companions for ${kind}`} yet`,
    remedy: `give --deep, ${trainings[kind]}`,
  };
}

async function readOpinion(folder: string, labelNames: readonly string[]): Promise<RunOpinion> {
  const indices = new Map(labelNames.map((name, index) => [name, index]));
  const [confidence, otherProbability, other] = await Promise.all([
    readCoordinate(folder, "confidence"),
    readCoordinate(folder, "other_probability"),
    withMap(folder, async (database) => {
      const lines = await database.rows("SELECT other_label FROM map");
      return Int32Array.from(lines, (line) => indices.get(line["other_label"] as string) ?? -1);
    }),
  ]);
  return { confidence, other, otherProbability };
}

/** @throws UserError where the other run's ids are not the same in the same order */
async function sameExamples(run: Run, ids: readonly string[], folder: string): Promise<void> {
  const other = await readMap(folder);
  if (other.size === ids.length && other.ids.every((id, row) => id === ids[row])) return;
  throw new UserError({
    subject: folder,
    problem: `is no run of the examples of ${run.folder}`,
    remedy: "name runs of the same file",
  });
}

async function readInjected(folder: string): Promise<InjectedMap> {
  const path = join(folder, "truth.json");
  const [truth, run, map] = await Promise.all([readTruth(path), openRun(folder), readMap(folder)]);
  const indices = new Map(run.labelNames.map((name, index) => [name, index]));
  const { flipped } = matchTruth(
    truth,
    {
      name: folder,
      size: map.size,
      ids: map.ids,
      labelNames: run.labelNames,
      gold: Int32Array.from(map.labels, (label) => indices.get(label ?? "") ?? -1),
    },
    path,
  );
  return {
    ids: map.ids,
    confidence: map.confidence,
    variability: map.variability,
    flipped,
    seed: truth.noise.seed,
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | null = null;
  return () => (value ??= read());
}

function once1<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const values = new Map<string, Promise<T>>();
  return (name) => {
    const value = values.get(name) ?? read(name);
    values.set(name, value);
    return value;
  };
}
