/** From a detector's scores to probabilities that labels are wrong, learned in a noise study. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { correctPrior, type Corrected } from "../measure/prior-shift.js";
import { isotonicAt } from "../measure/isotonic.js";
import { plattAt } from "../measure/platt.js";

const numbers = z.array(z.number());
const calibrationSchema = z.strictObject({
  format: z.literal(1),
  /** Whether companions were trained: the ensemble's score means another thing without them. */
  deep: z.boolean(),
  /** Share of flipped labels that it was learned from. */
  prior: z.number().gt(0).lt(1),
  detectors: z.record(
    z.string(),
    z.strictObject({
      /** Isotonic. */
      scores: numbers,
      probabilities: numbers,
      /** Platt's curve, and which of the two is better on seeds that it was not learned from. Absent in studies that knew isotonic only. */
      platt: z.strictObject({ slope: z.number(), intercept: z.number() }).optional(),
      better: z.enum(["isotonic", "platt"]).optional(),
    }),
  ),
});
export type Calibration = z.infer<typeof calibrationSchema>;

export const calibrationMethods = ["isotonic", "platt"] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** @param folder of a noise study */
export async function readCalibration(folder: string): Promise<Calibration> {
  const path = join(folder, "calibration.json");
  const remedy = "give the folder that `alidade noise study` wrote";
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new UserError({ subject: folder, problem: "holds no finished noise study", remedy, cause });
  }
  const parsed = calibrationSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UserError({ subject: path, problem: "is no calibration", remedy, cause: parsed.error });
}

/**
 * Probabilities of a detector's scores on another run: by the study's fit, then corrected for the share of wrong labels here, which is estimated.
 *
 * @param deep whether companions of this run stand
 * @param method Default: the better one on the study's own seeds
 * @throws UserError where the study has not judged the detector, or only with other companions, or has no fit of the method
 */
export function calibratedProbabilities(
  calibration: Calibration,
  detector: string,
  scores: Float64Array,
  deep: boolean,
  subject: string,
  method?: CalibrationMethod,
): Corrected {
  const fit = calibration.detectors[detector];
  if (fit === undefined || (detector === "ensemble" && calibration.deep !== deep)) {
    throw new UserError({
      subject,
      problem:
        fit === undefined
          ? `has not judged the detector ${detector}`
          : `has judged the ensemble ${calibration.deep ? "with" : "without"} companions, and this run has ${deep ? "them" : "none"}`,
      remedy: deep || fit === undefined ? "run the noise study with --deep" : "give --deep here too",
    });
  }
  const chosen = method ?? fit.better ?? "isotonic";
  const { platt } = fit;
  if (chosen === "platt" && platt === undefined) {
    throw new UserError({
      subject,
      problem: "has no Platt scaling: it is of an earlier version",
      remedy: "run the noise study again, or give --calibration isotonic",
    });
  }
  const probability = (score: number): number =>
    chosen === "platt" && platt !== undefined ? plattAt(platt, score) : isotonicAt(fit, score);
  const raw = scores.map((score) => Math.min(1 - 1e-6, Math.max(1e-6, probability(score))));
  return correctPrior(raw, calibration.prior);
}
