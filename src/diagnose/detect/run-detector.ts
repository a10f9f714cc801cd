/** Runs a detector once on the same evidence, however many ask. */

import { UserError } from "../../core/errors.js";
import type { Detection, Detector } from "./detector.js";
import type { LabelEvidence } from "./evidence.js";

export interface RunDetectorOptions<Options> {
  /** As a user wrote them. Default: the detector's defaults. */
  readonly options?: Partial<Options> | undefined;
  /** Default: 0. */
  readonly seed?: number | undefined;
}

const kept = new WeakMap<LabelEvidence, Map<string, Promise<Detection>>>();

/** @throws UserError where the evidence lacks what the detector needs, naming the option that brings it, or an option is wrong */
export async function runDetector<Options>(
  detector: Detector<Options>,
  evidence: LabelEvidence,
  { options = {}, seed = 0 }: RunDetectorOptions<Options> = {},
): Promise<Detection> {
  for (const need of detector.needs) {
    const missing = evidence.missing(need);
    if (missing === null) continue;
    throw new UserError({
      subject: `${evidence.name}, detector ${detector.name}`,
      problem: `needs ${need}: the run ${missing.problem}`,
      remedy: missing.remedy,
    });
  }
  const parsed = detector.options.safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError({
      subject: `detector ${detector.name}`,
      problem: `${issue?.path.join(".") ?? "options"}: ${issue?.message ?? "wrong"}`,
      remedy: "see `alidade suspects --help`",
      cause: parsed.error,
    });
  }
  const byKey = kept.get(evidence) ?? new Map<string, Promise<Detection>>();
  kept.set(evidence, byKey);
  const key = JSON.stringify([detector.name, parsed.data, seed]);
  let detection = byKey.get(key);
  if (detection === undefined)
    byKey.set(key, (detection = detector.detect({ evidence, options: parsed.data, seed })));
  return await detection;
}
