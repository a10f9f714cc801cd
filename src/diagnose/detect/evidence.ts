/**
 * What detectors read. Everything is asked for when it is needed; what is not there is an error that names the option which brings it, and
 * `missing` says so beforehand.
 */

import type { Dataset } from "../../dataset/dataset.js";
import type { HeldOutProbabilities } from "./confident-learning/confident-joint.js";
import type { DetectorNeed } from "./detector.js";

/** A training in which some examples had a label that no example has: what they reach is reached by no true label (Pleiss et al. 2020). */
export interface ThresholdRun {
  /** Mean margin (AUM) of every example for the label that it had in this training. */
  readonly margins: Float64Array;
  /** 1 where an example had the extra label. */
  readonly sampled: Uint8Array;
}

/** A map of the dataset after known flips, trained as the run was. */
export interface InjectedMap {
  readonly ids: readonly string[];
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  /** 1 where the label was flipped. */
  readonly flipped: Uint8Array;
  /** Of the injection: what is learned from one is judged on others. */
  readonly seed: number;
}

/** What one training says of every example. */
export interface RunOpinion {
  /** Mean probability of the label over the epochs. */
  readonly confidence: Float64Array;
  /** The most probable label other than the given, by mean probability; -1 where not known. */
  readonly other: Int32Array;
  /** Its mean probability; NaN where not known. */
  readonly otherProbability: Float64Array;
}

export interface LabelEvidence {
  /** For messages: the run's folder. */
  readonly name: string;
  readonly size: number;
  readonly ids: readonly string[];
  readonly labelNames: readonly string[];
  /** Index of each example's given label. */
  readonly gold: Int32Array;
  /** Why a need is not met, and which option would meet it; null: it is met. */
  missing(need: DetectorNeed): Missing | null;
  /** What the run itself says. */
  opinion(): Promise<RunOpinion>;
  /** A numeric coordinate of the run's map, NaN where null. */
  coordinate(name: "variability" | "margin" | "loss_mean"): Promise<Float64Array>;
  /** Mean over the epochs of probabilities by models that did not train on the example. */
  heldOut(): Promise<HeldOutProbabilities>;
  thresholdRuns(): Promise<readonly ThresholdRun[]>;
  /** The run's own opinion and those of other trainings; at least two. */
  opinions(): Promise<readonly RunOpinion[]>;
  /** The examples with their contents. */
  dataset(): Promise<Dataset>;
  injected(): Promise<readonly InjectedMap[]>;
}

export interface Missing {
  /** `was imported from a coordinates file` */
  readonly problem: string;
  /** `give --deep, which trains ...` */
  readonly remedy: string;
}
