/** Ranks a run's examples by how likely their labels are wrong, with every detector that the run can serve. */

import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { openRun } from "../../run/reader.js";
import type { Detection, DetectorNeed } from "../detect/detector.js";
import { canServe, shares } from "../detect/detectors/ensemble.js";
import type { LabelEvidence } from "../detect/evidence.js";
import { builtInDetectors, defaultDetector, findDetector } from "../detect/registry.js";
import { runDetector } from "../detect/run-detector.js";
import { byScore } from "../measure/ranking.js";
import {
  calibratedProbabilities,
  readCalibration,
  type CalibrationMethod,
} from "../noise-study/calibration.js";
import {
  companionFolder,
  companionFor,
  companionStands,
  planCompanions,
  trainCompanion,
  type CompanionKind,
} from "./companions.js";
import { runEvidence, type RunEvidence } from "./run-evidence.js";

export interface SuspectsOptions {
  /** The detector that ranks. Default: the ensemble. */
  readonly by?: string | undefined;
  /** Which detectors are asked beside it. Default: all that the run can serve. */
  readonly detectors?: readonly string[] | undefined;
  /** Options of the ranking detector, as a user wrote them. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Trains what the detectors need beside the run, where it does not stand yet. Default: false. */
  readonly deep?: boolean | undefined;
  /** Folders of other runs of the same examples. Default: none. */
  readonly runs?: readonly string[] | undefined;
  /** The folder of a noise study that says what scores mean. Default: none, and probabilities are null. */
  readonly calibrate?: string | undefined;
  /** Which of the study's fits. Default: the better one on its own seeds. */
  readonly calibration?: CalibrationMethod | undefined;
  /** How many suspects. Default: as many labels as are estimated to be wrong (`estimate`). */
  readonly limit?: number | undefined;
  /** A whole number from 0 to 2^32 - 1. Default: 0. */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

export interface Suspect {
  /** From 1. */
  readonly rank: number;
  readonly row: number;
  readonly id: string;
  readonly label: string;
  /** The label that it might have instead; null: none is suggested. */
  readonly suggested: string | null;
  /** The ranking detector's; comparable within one run only. */
  readonly score: number;
  /** That the label is wrong; null without a noise study to calibrate by. */
  readonly probability: number | null;
  readonly why: string;
  /** Place of the example in each detector's ranking, from 1; null where it says nothing. */
  readonly places: Readonly<Record<string, number | null>>;
}

export interface DetectorStatus {
  readonly name: string;
  readonly meaning: string;
  /** How many labels its own rule takes for wrong; null: it only ranks, or was not asked. */
  readonly flagged: number | null;
  /** Why it cannot serve this run, and how it could; null: it can. */
  readonly missing: { readonly need: DetectorNeed; readonly problem: string; readonly remedy: string } | null;
}

export interface Suspects {
  readonly folder: string;
  readonly size: number;
  readonly by: string;
  readonly detectors: readonly DetectorStatus[];
  /** How many labels are taken to be wrong, and who says so. */
  readonly estimate: { readonly count: number; readonly from: string };
  /** The share of wrong labels that the probabilities imply; null without a calibration. */
  readonly prior: number | null;
  readonly suspects: readonly Suspect[];
  /** Trainings that stand beside the run. */
  readonly companions: readonly string[];
}

/**
 * @throws UserError where a detector is unknown or cannot serve the run, with what would let it
 */
export async function findSuspects(folder: string, options: SuspectsOptions = {}): Promise<Suspects> {
  const { by = defaultDetector, detectors, limit, seed = 0, deep = false } = options;
  const ranking = findDetector(by);
  const asked = (detectors ?? Object.keys(builtInDetectors)).map((name) => findDetector(name, "--detectors"));
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1))
    throw new UserError({ subject: "--limit", problem: "not a whole number above 0", value: limit });
  const wanted = [...new Set([ranking, ...asked])];
  if (deep) await trainMissing(folder, new Set(wanted.flatMap((detector) => detector.needs)), options);
  const calibration = options.calibrate === undefined ? null : await readCalibration(options.calibrate);
  const evidence = await runEvidence(folder, { others: options.runs });
  try {
    const detections = new Map<string, Detection>();
    detections.set(
      ranking.name,
      await runDetector(ranking, evidence, { seed, options: options.options ?? {} }),
    );
    for (const detector of wanted) {
      if (detections.has(detector.name) || !canServe(detector, evidence)) continue;
      detections.set(detector.name, await runDetector(detector, evidence, { seed }));
    }
    const estimate = estimateErrors(detections, evidence);
    const calibrated =
      calibration === null
        ? null
        : calibratedProbabilities(
            calibration,
            ranking.name,
            detections.get(ranking.name)!.scores,
            evidence.missing("held-out") === null,
            options.calibrate ?? "",
            options.calibration,
          );
    return {
      folder,
      size: evidence.size,
      by: ranking.name,
      detectors: Object.values(builtInDetectors).map((detector) => status(detector, detections, evidence)),
      estimate,
      prior: calibrated?.prior ?? null,
      suspects: rank(
        ranking.name,
        detections,
        evidence,
        limit ?? estimate.count,
        calibrated?.probabilities ?? null,
      ),
      companions: await standing(evidence),
    };
  } finally {
    evidence.close();
  }
}

/** Trains the companions that some needs ask for and the run lacks. */
export async function trainMissing(
  folder: string,
  wanted: ReadonlySet<DetectorNeed>,
  {
    threads,
    signal,
    effects = quiet,
    dataset: given,
  }: Pick<SuspectsOptions, "threads" | "signal" | "effects"> & {
    readonly dataset?: Dataset | undefined;
  } = {},
): Promise<void> {
  const run = await openRun(folder);
  const evidence = await runEvidence(folder, { dataset: given });
  try {
    const kinds = [...wanted].map(companionFor).filter((kind): kind is CompanionKind => kind !== null);
    for (const kind of new Set(kinds)) {
      // What cannot be trained (an imported run, no classes) is told where the detector is listed.
      if (evidence.missing(kind)?.remedy.startsWith("give --deep") !== true) continue;
      for (const plan of planCompanions(run, kind)) {
        if (await companionStands(folder, plan)) continue;
        effects.log(`companion for ${kind}: ${companionFolder(folder, plan)}`);
        const done = await trainCompanion(run, await evidence.dataset(), plan, { threads, signal, effects });
        if (!done) return;
      }
    }
  } finally {
    evidence.close();
  }
}

/** By the detector whose rule counts errors best (docs/label-errors.md); without one, a twentieth. */
function estimateErrors(
  detections: ReadonlyMap<string, Detection>,
  { size }: LabelEvidence,
): Suspects["estimate"] {
  for (const from of ["confident-learning", "threshold-margin", "loss-mixture"]) {
    const count = flaggedCount(detections.get(from));
    if (count !== null) return { count: Math.max(1, count), from };
  }
  return { count: Math.max(1, Math.floor(size / 20)), from: "a twentieth of the examples" };
}

function flaggedCount(detection: Detection | undefined): number | null {
  return detection?.flagged?.reduce((sum, flag) => sum + flag, 0) ?? null;
}

function status(
  { name, meaning, needs }: (typeof builtInDetectors)[string],
  detections: ReadonlyMap<string, Detection>,
  evidence: LabelEvidence,
): DetectorStatus {
  const need = needs.find((one) => evidence.missing(one) !== null);
  const missing = need === undefined ? null : { need, ...evidence.missing(need)! };
  return { name, meaning, flagged: flaggedCount(detections.get(name)), missing };
}

function rank(
  by: string,
  detections: ReadonlyMap<string, Detection>,
  { ids, gold, labelNames, size }: LabelEvidence,
  limit: number,
  probabilities: Float64Array | null,
): Suspect[] {
  const { scores, suggested, why } = detections.get(by)!;
  const places = new Map(
    [...detections].map(([name, detection]) => [name, shares(detection.scores).map((share) => share * size)]),
  );
  return Array.from(byScore(scores).subarray(0, limit))
    .filter((row) => !Number.isNaN(scores[row]))
    .map((row, index) => ({
      rank: index + 1,
      row,
      id: ids[row]!,
      label: labelNames[gold[row]!]!,
      suggested: suggested[row]! < 0 ? null : labelNames[suggested[row]!]!,
      score: scores[row]!,
      probability: probabilities?.[row] ?? null,
      why: why(row),
      places: Object.fromEntries(
        [...detections].map(([name, detection]) => [
          name,
          Number.isNaN(detection.scores[row]) ? null : Math.ceil(places.get(name)![row]!),
        ]),
      ),
    }));
}

async function standing({ run }: RunEvidence): Promise<string[]> {
  const kinds = ["held-out", "threshold-samples", "several-runs", "injected-noise"] as const;
  const plans = kinds.flatMap((kind) => planCompanions(run, kind));
  const stands = await Promise.all(plans.map((plan) => companionStands(run.folder, plan)));
  return plans.filter((_, i) => stands[i]).map((plan) => companionFolder(run.folder, plan));
}
