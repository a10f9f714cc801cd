/** What a selection is: rows in the order of taking, the recipe that made it, and what deserves to be told of it. */

import type { Recipe } from "./recipe.js";

/** A cut that fell among equals: which of them were taken was decided by the seed. */
export interface Tie {
  readonly by: string;
  /** The coordinate that they share the value of; null: a score of the strategy's own. */
  readonly coordinate: string | null;
  readonly value: number;
  /** The label that the cut is within, where labels were balanced. */
  readonly label: string | null;
  /** How many candidates share the value. */
  readonly sharing: number;
  /** How many of them were taken. */
  readonly taken: number;
}

export interface LabelCount {
  readonly label: string;
  /** In the whole run, among the candidates, and taken. */
  readonly all: number;
  readonly candidates: number;
  readonly taken: number;
}

/** A label that has fewer examples than it was to have. */
export interface Shortfall {
  readonly label: string;
  readonly wanted: number;
  readonly taken: number;
}

export interface PartCount {
  readonly by: string;
  readonly count: number;
}

export interface Notes {
  /** Examples of the run, and those that could have been taken. */
  readonly size: number;
  readonly candidates: number;
  /** Asked for, before `balance` rounded it down to a multiple of the labels. */
  readonly asked: number;
  readonly excluded: number;
  /** Ids to exclude that are none of the run's. */
  readonly unknownIds: number;
  /** Candidates that the base strategy cannot order: their value is null. */
  readonly unranked: number;
  /** What each strategy gave: the base first. */
  readonly parts: readonly PartCount[];
  readonly ties: readonly Tie[];
  /** Empty where labels are not known. */
  readonly labels: readonly LabelCount[];
  readonly shortfalls: readonly Shortfall[];
}

export interface Selection {
  /** In the order of taking. */
  readonly rows: Int32Array;
  /** With every default filled in. */
  readonly recipe: Recipe;
  readonly notes: Notes;
}
