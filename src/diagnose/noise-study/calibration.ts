/** From a detector's scores to probabilities that labels are wrong, learned in a noise study. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { correctPrior, type Corrected } from "../measure/prior-shift.js";
import { isotonicAt } from "../measure/isotonic.js";

const numbers = z.array(z.number());
const calibrationSchema = z.strictObject({
  format: z.literal(1),
  /** Whether companions were trained: the ensemble's score means another thing without them. */
  deep: z.boolean(),
  /** Share of flipped labels that it was learned from. */
  prior: z.number().gt(0).lt(1),
  detectors: z.record(z.string(), z.strictObject({ scores: numbers, probabilities: numbers })),
});
export type Calibration = z.infer<typeof calibrationSchema>;

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
 * Probabilities of a detector's scores on another run: by the study's isotonic fit, then corrected for the share of wrong labels here, which is estimated.
 *
 * @param deep whether companions of this run stand
 * @throws UserError where the study has not judged the detector, or only with other companions
 */
export function calibratedProbabilities(
  calibration: Calibration,
  detector: string,
  scores: Float64Array,
  deep: boolean,
  subject: string,
): Corrected {
  const isotonic = calibration.detectors[detector];
  if (isotonic === undefined || (detector === "ensemble" && calibration.deep !== deep)) {
    throw new UserError({
      subject,
      problem:
        isotonic === undefined
          ? `has not judged the detector ${detector}`
          : `has judged the ensemble ${calibration.deep ? "with" : "without"} companions, and this run has ${deep ? "them" : "none"}`,
      remedy: deep || isotonic === undefined ? "run the noise study with --deep" : "give --deep here too",
    });
  }
  const raw = scores.map((score) => Math.min(1 - 1e-6, Math.max(1e-6, isotonicAt(isotonic, score))));
  return correctPrior(raw, calibration.prior);
}
