/**
 * The paper's open question, for the user's own data: which shares of easy, ambiguous, hard and random examples are best to train on? A mixture
 * design over the shares, with and without suspects, at several sizes; successive halving with replicates as its resource: the better half of
 * the mixtures gets as many seeds again. What is left meets random once more, with fresh seeds, and the locked test sets for the only time.
 */

import { UserError } from "../../core/errors.js";
import type { CellResult } from "../results/results.js";
import type { FinishedRound, Round } from "../plan/round.js";
import type { ArmSpec } from "../spec/spec.js";
import { wholeSet } from "./arms.js";
import { replicatesOf, specOf, type BuiltInStudy } from "./built-in.js";
import { parseCriterion, scoreArms } from "./criterion.js";
import { searchTables } from "./search-tables.js";
import { designPoint, simplexLattice, type DesignPoint } from "./mixture-design.js";

export interface SearchOptions {
  /** Sizes, as shares of the training set. Default: 0.33 and 0.1. */
  readonly fractions?: readonly number[] | undefined;
  /** The share of lowest margin that is left out in half of the arms; 0: in none. Default: 0.05. */
  readonly suspects?: number | undefined;
  /** See `parseCriterion`. Default: the first test set of the training distribution. */
  readonly criterion?: string | undefined;
  /** Names of test sets that are scored at the end only. Default: none. */
  readonly locked?: readonly string[] | undefined;
  /** How many meet random with fresh seeds. Default: 3. */
  readonly finalists?: number | undefined;
}

export const searchFractions = [0.33, 0.1] as const;
export const searchSuspects = 0.05;
export const searchFinalists = 3;

export const search: BuiltInStudy<SearchOptions> = {
  name: "search",
  summary:
    "which shares of easy, ambiguous, hard and random examples are best for your data, with or without suspects",
  needsTests: true,
  study(inputs, options = {}) {
    const { locked = [], finalists = searchFinalists } = options;
    for (const name of locked) {
      if (inputs.tests.some((test) => test.name === name)) continue;
      throw new UserError({ subject: "--locked", problem: "names no test set", value: name });
    }
    const criterion = parseCriterion(options.criterion, inputs.tests, locked);
    const points = searchPoints(options);
    const arms = [wholeSet, ...points.map(({ arm }) => arm)];
    const spec = specOf("search", inputs, { arms, budgets: ["epochs"], primary: [] });
    const replicates = replicatesOf(spec);
    const rungs = halvingRungs(replicates.length);
    const open = inputs.tests.map(({ name }) => name).filter((name) => !locked.includes(name));
    const next = (finished: readonly FinishedRound[]): Round | null => {
      const results = finished.flatMap((round) => round.results);
      const rung = rungs[finished.length];
      if (rung !== undefined) {
        const kept =
          finished.length === 0 ? arms : survivors(finished.at(-1), results, criterion.tests, arms);
        return { arms: kept, replicates: rung, tests: open };
      }
      if (finished.length > rungs.length) return null;
      const fresh = replicates.map((replicate) => replicates.length + replicate);
      const best = bestArms(finished.at(-1), results, criterion.tests, finalists);
      return { arms: withReferences(best, arms), replicates: fresh };
    };
    return { spec, next };
  },
  findings: ({ spec, results }, options = {}) => {
    const criterion = parseCriterion(options.criterion, spec.tests, options.locked ?? []);
    return Promise.resolve(searchTables({ spec, results, points: searchPoints(options), criterion }));
  },
};

/** The mixtures that are tried: the lattice at every size, with and without suspects. */
export function searchPoints({
  fractions = searchFractions,
  suspects = searchSuspects,
}: Pick<SearchOptions, "fractions" | "suspects"> = {}): DesignPoint[] {
  return fractions.flatMap((fraction) =>
    (suspects > 0 ? [0, suspects] : [0]).flatMap((without) =>
      simplexLattice().map((shares) => designPoint(shares, fraction, without)),
    ),
  );
}

/** The replicates of each rung: two, then as many again as there were, up to all. */
export function halvingRungs(replicates: number): number[][] {
  const rungs: number[][] = [];
  for (let done = 0; done < replicates;) {
    const until = Math.min(replicates, done === 0 ? 2 : 2 * done);
    rungs.push(Array.from({ length: until - done }, (_, k) => done + k));
    done = until;
  }
  return rungs;
}

/** The better half of a round's mixtures, and what they are compared with. */
function survivors(
  last: FinishedRound | undefined,
  results: readonly CellResult[],
  tests: readonly string[],
  all: readonly ArmSpec[],
): ArmSpec[] {
  const mixtures = (last?.round.arms ?? []).filter((arm) => !isReference(arm));
  return withReferences(bestArms(last, results, tests, Math.ceil(mixtures.length / 2)), all);
}

/** The best mixtures of the last round, by all that was found of them, under whichever budget suits them. */
function bestArms(
  last: FinishedRound | undefined,
  results: readonly CellResult[],
  tests: readonly string[],
  count: number,
): ArmSpec[] {
  const arms = new Map((last?.round.arms ?? []).map((arm) => [arm.name, arm]));
  const names = [...new Set(scoreArms(results, tests).map(({ arm }) => arm))];
  return names
    .flatMap((name) => arms.get(name) ?? [])
    .filter((arm) => !isReference(arm))
    .slice(0, count);
}

/** In the order of the design: the whole set and random of the sizes that are left, then the mixtures. */
function withReferences(kept: readonly ArmSpec[], all: readonly ArmSpec[]): ArmSpec[] {
  const sizes = new Set(kept.map(({ recipe }) => recipe?.fraction));
  const names = new Set(kept.map(({ name }) => name));
  return all.filter(
    (arm) =>
      names.has(arm.name) || (isReference(arm) && (arm.recipe === null || sizes.has(arm.recipe.fraction))),
  );
}

/** The whole set and plain random: they stay to the end and win nothing. */
export function isReference({ recipe }: ArmSpec): boolean {
  return (
    recipe === null ||
    (recipe.by === "random" && recipe.mix === undefined && recipe.withoutSuspects === undefined)
  );
}
