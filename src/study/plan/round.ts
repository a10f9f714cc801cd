/**
 * Studies in rounds. A plain study is one round: all arms, all replicates. An adaptive one looks at what the rounds before found and
 * says which arms to run next; that is a pure function, so it is tested without any training, and a study that was stopped asks it
 * again from the first round on and finds the results standing.
 */

import type { CellResult, StudyResults } from "../results/results.js";
import type { ArmSpec, StudySpec } from "../spec/spec.js";

/** A part of the grid. */
export interface Round {
  readonly arms: readonly ArmSpec[];
  /** 0-based: the same number has the same seeds in every round. Larger ones than the study's `seeds` are fresh. */
  readonly replicates: readonly number[];
  /** Names of the test sets that are scored. Default: all. */
  readonly tests?: readonly string[] | undefined;
}

export interface FinishedRound {
  readonly round: Round;
  /** In the order of the plan. */
  readonly results: readonly CellResult[];
  readonly failures: StudyResults["failures"];
}

/** The next round, or null where the study is complete. Pure: it depends on nothing but the rounds before. */
export type NextRound = (finished: readonly FinishedRound[]) => Round | null;

/** All arms, all replicates, once. */
export function wholeGrid(spec: StudySpec): NextRound {
  const { arms, seeds } = spec;
  const count = typeof seeds === "number" ? seeds : seeds.length;
  const round = { arms, replicates: Array.from({ length: count }, (_, replicate) => replicate) };
  return (finished) => (finished.length === 0 ? round : null);
}
