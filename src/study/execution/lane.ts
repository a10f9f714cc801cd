/**
 * One that does a study's steps, one after another: a worker process, or the study's own process. It does the light ones, which take
 * milliseconds: whoever trains does not wait for them.
 */

import { findStrategy } from "../../select/registry.js";
import type { Computed } from "./publish-step.js";
import type { SelectionStep, Step } from "../plan/step.js";

/** What a step found, which then is to be published; or why it found nothing. */
export type StepOutcome = { readonly computed: Computed } | Lost;

export interface Lost {
  readonly reason: string;
  /** Every other step would fail in the same way. */
  readonly fatal: boolean;
  readonly computed?: undefined;
}

export interface StepGiven {
  /** Seconds; null: as long as it takes. */
  readonly timeLimit: number | null;
  /** Rows of the selection that a cell trains on; undefined: they are read from the selection's file. */
  readonly rows: Int32Array | undefined;
}

export interface Lane {
  /** Whether it is there for such steps. */
  does(step: Step): boolean;
  /** Keys of steps whose results are in its memory. */
  readonly held: ReadonlySet<string>;
  run(step: Step, given: StepGiven): Promise<StepOutcome>;
}

/** Whether a step trains nothing and looks at nothing but coordinates, ids and labels. */
export function isLight(step: Step): step is SelectionStep {
  if (step.kind !== "selection" || step.recipe.diverse !== undefined) return false;
  const { by, mix = [] } = step.recipe;
  const needs = [by, ...mix.map((part) => part.by)].flatMap((name) => findStrategy(name).needs);
  return needs.every((need) => typeof need === "object" || need === "labels");
}
