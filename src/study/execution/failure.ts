/** Why a step has no record, in a sentence that the study can print. */

import { UserError } from "../../core/errors.js";
import { diskError } from "../../run/disk-error.js";
import type { Lost } from "./lane.js";
import type { Step } from "../plan/step.js";

/**
 * @param step null: before the first
 * @param folder of the study; null: nothing has been written yet
 */
export function describeFailure(error: unknown, step: Step | null, folder: string | null): Lost {
  const told = folder === null ? error : diskError(error, folder);
  if (told instanceof UserError) {
    const { problem, remedy } = told.parts;
    // The study says where: its folder.
    if (problem === "the disk is full") return { reason: [problem, remedy].join("; "), fatal: true };
    return { reason: told.message, fatal: false };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { reason: step === null ? text : `${step.title}: ${text}`, fatal: false };
}
