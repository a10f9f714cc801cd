/**
 * Which arms are compared, as plain data, declared before any result is looked at. Primary: does the ambiguous or the hard part beat a
 * random part of the same size, or the whole set, out of distribution? Everything else is exploratory.
 */

import type { Arm, TestSet } from "./arms.js";
import type { TestKind } from "./results.js";

export type Family = "primary" | "exploratory";

export interface Comparison {
  /** Keys of arms: the first less the second. */
  readonly arm: string;
  readonly against: string;
  readonly test: string;
  readonly kind: TestKind;
  readonly family: Family;
}

/** Shares this near are the same: 0.33, 0.3319 and 1/3 are all "a third". */
export function sameShare(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.005;
}

/**
 * The comparisons of a study:
 *
 * - primary, on every out-of-distribution test set: `ambiguous` and `hard`, neither mixed nor balanced, selected by a map of the model that
 *   is trained where there is one, under the study's first budget; a third where the study has thirds, else every share; each against
 *   random of the same size, and against the whole set;
 * - exploratory: the same on the other test sets, and every other arm against random of the same size, the whole set and, where it is a
 *   mixture, the same selection unmixed; on every test set.
 */
export function declareComparisons(arms: readonly Arm[], tests: readonly TestSet[]): Comparison[] {
  const main = primaryArms(arms);
  return arms.flatMap((arm) =>
    tests.flatMap(({ name, kind }) => {
      const rivals = [baseline(arm, arms), unmixed(arm, arms), whole(arm, arms)].filter(
        (rival): rival is Arm => rival !== undefined && rival !== arm,
      );
      return rivals.map((rival) => ({
        arm: arm.key,
        against: rival.key,
        test: name,
        kind,
        family: kind === "ood" && main.has(arm) ? ("primary" as const) : ("exploratory" as const),
      }));
    }),
  );
}

function primaryArms(arms: readonly Arm[]): Set<Arm> {
  const budget = arms[0]?.budget;
  const candidates = arms.filter(
    (arm) => ["ambiguous", "hard"].includes(arm.by) && plain(arm) && arm.budget === budget,
  );
  const own = candidates.filter(({ mapTrainer, trainer }) => mapTrainer === trainer);
  const chosen = own.length > 0 ? own : candidates;
  const thirds = chosen.filter(({ fraction }) => sameShare(fraction, 1 / 3));
  return new Set(thirds.length > 0 ? thirds : chosen);
}

function plain({ mixBy, balanced }: Arm): boolean {
  return mixBy === null && !balanced;
}

function alike(a: Arm, b: Arm): boolean {
  return a.budget === b.budget && a.trainer === b.trainer;
}

/** Random of the same size: balanced as the arm is, where the study has that. */
function baseline(arm: Arm, arms: readonly Arm[]): Arm | undefined {
  if (arm.by === "all" || (arm.by === "random" && arm.mixBy === null)) return undefined;
  const random = arms.filter(
    (other) =>
      other.by === "random" &&
      other.mixBy === null &&
      sameShare(other.fraction, arm.fraction) &&
      alike(arm, other),
  );
  return random.find(({ balanced }) => balanced === arm.balanced) ?? random[0];
}

function unmixed(arm: Arm, arms: readonly Arm[]): Arm | undefined {
  if (arm.mixBy === null) return undefined;
  return arms.find(
    (other) =>
      other.by === arm.by &&
      other.mixBy === null &&
      other.balanced === arm.balanced &&
      other.mapTrainer === arm.mapTrainer &&
      sameShare(other.fraction, arm.fraction) &&
      alike(arm, other),
  );
}

function whole(arm: Arm, arms: readonly Arm[]): Arm | undefined {
  const all = arms.filter(({ by, trainer }) => by === "all" && trainer === arm.trainer);
  return all.find(({ budget }) => budget === arm.budget) ?? all[0];
}
