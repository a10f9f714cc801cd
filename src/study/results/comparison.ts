/**
 * Which arms are compared, as plain data, declared before any result is looked at. Primary: does the ambiguous or the hard part beat a
 * random part of the same size, or the whole set, out of distribution? Everything else is exploratory.
 */

import { mainBudget, type Arm, type TestSet } from "./arms.js";
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

/** What a study was declared to compare, by names of arms; without test sets: all that are out of distribution. */
export interface DeclaredComparison {
  readonly arm: string;
  readonly against: string;
  readonly tests?: readonly string[] | undefined;
}

/**
 * The comparisons of a study:
 *
 * - primary: those that were declared, under the budget of epochs where the study has both. Where none was, on every out-of-distribution test set `ambiguous` and
 *   `hard`, neither mixed nor balanced, selected by a map of the model that is trained where there is one; a third where the study has
 *   thirds, else every share; each against random of the same size, and against the whole set;
 * - exploratory: every arm against random of the same size, the whole set and, where it is a mixture, the same selection unmixed; on every
 *   test set, as far as it is not primary.
 */
export function declareComparisons(
  arms: readonly Arm[],
  tests: readonly TestSet[],
  declared: readonly DeclaredComparison[] = [],
): Comparison[] {
  const primary = declared.length > 0 ? fromDeclared(arms, tests, declared) : defaults(arms, tests);
  const known = new Set(primary.map(placeOf));
  const rest = arms.flatMap((arm) =>
    tests.flatMap(({ name, kind }) =>
      rivalsOf(arm, arms).map((rival) => comparisonOf(arm, rival, { name, kind }, "exploratory")),
    ),
  );
  return [...primary, ...rest.filter((comparison) => !known.has(placeOf(comparison)))];
}

/** Tells a comparison from all others of a study. */
export function placeOf({ arm, against, test }: Pick<Comparison, "arm" | "against" | "test">): string {
  return JSON.stringify([arm, against, test]);
}

function fromDeclared(
  arms: readonly Arm[],
  tests: readonly TestSet[],
  declared: readonly DeclaredComparison[],
): Comparison[] {
  const budget = mainBudget(arms);
  const find = (name: string): Arm | undefined =>
    arms.find((arm) => arm.name === name && arm.budget === budget) ?? arms.find((arm) => arm.name === name);
  return declared.flatMap((own) => {
    const [arm, against] = [find(own.arm), find(own.against)];
    // An arm whose cells all failed has no results to compare.
    if (arm === undefined || against === undefined || arm === against) return [];
    return tests
      .filter(({ name, kind }) => (own.tests === undefined ? kind === "ood" : own.tests.includes(name)))
      .map((test) => comparisonOf(arm, against, test, "primary"));
  });
}

function defaults(arms: readonly Arm[], tests: readonly TestSet[]): Comparison[] {
  return primaryArms(arms).flatMap((arm) =>
    tests
      .filter(({ kind }) => kind === "ood")
      .flatMap((test) => rivalsOf(arm, arms).map((rival) => comparisonOf(arm, rival, test, "primary"))),
  );
}

function comparisonOf(
  arm: Arm,
  against: Arm,
  { name, kind }: Pick<TestSet, "name" | "kind">,
  family: Family,
): Comparison {
  return { arm: arm.key, against: against.key, test: name, kind, family };
}

function rivalsOf(arm: Arm, arms: readonly Arm[]): Arm[] {
  return [baseline(arm, arms), unmixed(arm, arms), whole(arm, arms)].filter(
    (rival): rival is Arm => rival !== undefined && rival !== arm,
  );
}

function primaryArms(arms: readonly Arm[]): Arm[] {
  const budget = mainBudget(arms);
  const candidates = arms.filter(
    (arm) => ["ambiguous", "hard"].includes(arm.by) && plain(arm) && arm.budget === budget,
  );
  const own = candidates.filter(({ mapTrainer, trainer }) => mapTrainer === trainer);
  const chosen = own.length > 0 ? own : candidates;
  const thirds = chosen.filter(({ fraction }) => sameShare(fraction, 1 / 3));
  return thirds.length > 0 ? thirds : chosen;
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
