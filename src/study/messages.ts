/** What the scheduler and its workers say to each other. */

import type { StudySpec } from "./spec.js";
import type { StepRecord } from "./record.js";
import type { Step } from "./step.js";

/** The first message of a worker. */
export interface Beginning {
  readonly type: "begin";
  readonly folder: string;
  readonly spec: Pick<StudySpec, "data" | "tests" | "trainer">;
  readonly threads: number;
}

export type ToWorker =
  | Beginning
  | { readonly type: "step"; readonly step: Step }
  /** Gives the step up. */
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready"; readonly seconds: number }
  | { readonly type: "done"; readonly record: StepRecord }
  | {
      readonly type: "failed";
      readonly key: string;
      readonly reason: string;
      /** Every other step would fail in the same way: the disk is full. */
      readonly fatal: boolean;
    };
