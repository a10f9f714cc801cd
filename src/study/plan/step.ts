/**
 * The steps of a study as plain data. A map is made by training on all examples; a selection chooses from it; a cell trains on the
 * selection and is tested. A step's key is a hash of everything that its result depends on, so that a result stands for as long as its
 * key is in the plan.
 */

import { createHash } from "node:crypto";
import type { Recipe } from "../../select/recipe.js";
import type { Protocol } from "../../train/trainer.js";
import type { Budget } from "../spec/spec.js";

/** Anything that JSON holds. */
export type Plain =
  string | number | boolean | null | undefined | readonly Plain[] | { readonly [key: string]: Plain };

/** What a step's result depends on, each under the name that a person would call it. */
export type StepInputs = Readonly<Record<string, Plain>>;

interface StepBase {
  /** Hexadecimal, 32 digits. */
  readonly key: string;
  /** What a person calls it: `map, replicate 2`. Two plans' steps of one title are compared with each other. */
  readonly title: string;
  readonly inputs: StepInputs;
  /** Keys of the steps that have to stand before. */
  readonly needs: readonly string[];
}

/** A trainer with its parsed options. */
export interface PlannedTrainer {
  readonly name: string;
  readonly version: number;
  readonly options: Readonly<Record<string, Plain>>;
}

export interface MapStep extends StepBase {
  readonly kind: "map";
  readonly trainer: PlannedTrainer;
  readonly protocol: Protocol | null;
  readonly folds: number | null;
  readonly seed: number;
}

export interface SelectionStep extends StepBase {
  readonly kind: "selection";
  /** The map's key; null where the recipe looks at no map. */
  readonly map: string | null;
  /** What a strategy trains that needs a model of its own; null where none does. */
  readonly trainer: PlannedTrainer | null;
  /** With its seed. */
  readonly recipe: Recipe;
}

export interface CellStep extends StepBase {
  readonly kind: "cell";
  /** The selection's key; null: the whole training set. */
  readonly selection: string | null;
  readonly trainer: PlannedTrainer;
  readonly seed: number;
  readonly budget: Budget;
  /** Names of the test sets, in the study's order. */
  readonly tests: readonly string[];
}

export type Step = MapStep | SelectionStep | CellStep;

/** SHA-256 over a step's kind and inputs, whatever the order in which they are named; its first 128 bits. */
export function stepKey(kind: Step["kind"], inputs: StepInputs): string {
  return createHash("sha256").update(canonical({ kind, inputs })).digest("hex").slice(0, 32);
}

/** JSON with sorted keys; what is undefined is not there. */
export function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, held]) => held !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, held]) => `${JSON.stringify(name)}:${canonical(held)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}
