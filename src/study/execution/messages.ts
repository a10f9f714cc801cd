/** What the scheduler and its workers say to each other. */

import type { StudySpec } from "../spec/spec.js";
import type { Computed } from "./publish-step.js";
import type { Step } from "../plan/step.js";

/** The first message of a worker. */
export interface Beginning {
  readonly type: "begin";
  readonly folder: string;
  readonly spec: Pick<StudySpec, "data" | "tests" | "trainer">;
  readonly threads: number;
}

export type ToWorker =
  | Beginning
  /** `rows`: of the selection that a cell trains on, where the study has them in memory. */
  | { readonly type: "step"; readonly step: Step; readonly rows: Int32Array | undefined }
  /** Gives the step up. */
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready"; readonly seconds: number }
  | { readonly type: "done"; readonly computed: Computed }
  | {
      readonly type: "failed";
      readonly reason: string;
      /** Every other step would fail in the same way: the disk is full. */
      readonly fatal: boolean;
    };
