import type { Effects } from "../../core/effects.js";

/** What a step runs under. */
export interface StepSetting {
  /** Gives it up. */
  readonly signal: AbortSignal;
  readonly effects: Effects;
}
