/**
 * What a detector is: it reads evidence about a dataset and says of every example how likely its label is wrong, what the label might be
 * instead, and why. What it needs it declares, so that a run that lacks it can say which option would bring it.
 */

import type { z } from "zod";
import type { LabelEvidence } from "./evidence.js";

/**
 * What evidence there may be:
 * `probabilities`, `margins`, `losses`, `variability`: figures of each example over the epochs of the run; `held-out`: probabilities by models that did not
 * train on the example; `threshold-samples`: trainings in which some examples had a label that nobody has; `several-runs`: more than one
 * training of the dataset; `texts`: contents to compare; `injected-noise`: a map of the dataset after known flips.
 */
export const needs = [
  "probabilities",
  "margins",
  "losses",
  "variability",
  "held-out",
  "threshold-samples",
  "several-runs",
  "texts",
  "injected-noise",
] as const;
export type DetectorNeed = (typeof needs)[number];

export interface Detection {
  /** One an example, higher: more suspect. Comparable among the examples of one detection. NaN: nothing can be said of it. */
  readonly scores: Float64Array;
  /** Index of the label that it might have instead; -1: none is suggested. */
  readonly suggested: Int32Array;
  /** 1 where the detector's own rule takes the label for wrong; null: it has none, it only ranks. */
  readonly flagged: Uint8Array | null;
  /**
   * How far its word goes: Cohen's kappa of the labels that it would give with the given ones, of a detector that did not learn the given ones.
   * Left out: not known.
   */
  readonly kappa?: number;
  /** What speaks against the label of an example, in a few words with figures. */
  readonly why: (row: number) => string;
}

export interface DetectRequest<Options> {
  readonly evidence: LabelEvidence;
  readonly options: Options;
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
}

export interface Detector<Options = unknown> {
  readonly name: string;
  /** One sentence: what makes a label suspect. */
  readonly meaning: string;
  /** Who defined it; null: Alidade. */
  readonly source: string | null;
  /** Raised whenever it gives other scores than before. */
  readonly version: number;
  readonly needs: readonly DetectorNeed[];
  /** Parses and defaults its options; the fields carry descriptions. */
  readonly options: z.ZodType<Options>;
  /** @throws UserError where the evidence lacks what it needs */
  detect(request: DetectRequest<Options>): Promise<Detection>;
}
