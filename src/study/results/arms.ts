/** Results by arm: what is compared. An arm is one way to make a training set, under one budget, for one trainer; its replicates differ by seeds. */

import type { CellResult, TestKind } from "./results.js";

export interface Arm {
  /** Unique in a study. */
  readonly key: string;
  /** As the study calls it. */
  readonly name: string;
  /** What reports call it: the name, with what tells it from another of that name. */
  readonly title: string;
  readonly by: string;
  readonly fraction: number;
  readonly balanced: boolean;
  readonly mixBy: string | null;
  readonly mixShare: number;
  readonly mapTrainer: string | null;
  readonly trainer: string;
  readonly budget: "epochs" | "steps";
  /** Both budgets have the very same cells, as the whole set does: the arm stands for both. */
  readonly anyBudget: boolean;
  /** Mean number of training examples. */
  readonly n: number;
  /** Its cells on each test set, by replicate. */
  readonly cells: ReadonlyMap<string, readonly CellResult[]>;
}

/** A test set as the results know it. */
export interface TestSet {
  readonly name: string;
  readonly kind: TestKind;
  readonly size: number;
  readonly majority: number;
}

/** The arms in the order in which they are first seen. One whose cells are the same under both budgets stands once. */
export function armsOf(results: readonly CellResult[]): Arm[] {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const key = armKey(result);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const twice = sameUnderBoth(groups);
  const many = {
    budget: distinct(results, ({ budget }) => budget) > 1,
    trainer: distinct(results, ({ trainer }) => trainer) > 1,
  };
  const names = new Map<string, number>();
  const title = (result: CellResult, anyBudget: boolean): string => {
    const notes = [many.budget && !anyBudget && `by ${result.budget}`, many.trainer && result.trainer].filter(
      Boolean,
    );
    const name = [result.arm, ...notes].join(", ");
    const times = (names.get(name) ?? 0) + 1;
    names.set(name, times);
    // Arms of one name that only their map tells apart.
    return times === 1 ? name : `${name}, map of ${result.mapTrainer ?? "none"}`;
  };
  return [...groups].flatMap(([key, own]) => {
    if (twice.get(key) === "again") return [];
    const anyBudget = twice.has(key);
    const first = own[0]!;
    const { by, fraction, balanced, mixBy, mixShare, mapTrainer, trainer, budget } = first;
    return {
      ...{
        key,
        name: first.arm,
        title: title(first, anyBudget),
        anyBudget,
        by,
        fraction,
        balanced,
        mixBy,
        mixShare,
        mapTrainer,
        trainer,
        budget,
      },
      n: own.reduce((sum, { n }) => sum + n, 0) / own.length,
      cells: byTest(own),
    };
  });
}

/** The budget that primary comparisons and claims speak of: epochs, where the study has it. */
export function mainBudget(arms: readonly Arm[]): Arm["budget"] {
  return arms.some(({ budget }) => budget === "epochs") ? "epochs" : "steps";
}

/** The test sets, those of the training distribution first. */
export function testsOf(results: readonly CellResult[]): TestSet[] {
  const seen = new Map<string, TestSet>();
  for (const { test, kind, testSize, testMajority } of results)
    if (!seen.has(test)) seen.set(test, { name: test, kind, size: testSize, majority: testMajority });
  const all = [...seen.values()];
  return [...all.filter(({ kind }) => kind === "id"), ...all.filter(({ kind }) => kind === "ood")];
}

/** Of groups with the same cells under both budgets: `first` is kept, that of the main budget; `again` is not shown. */
function sameUnderBoth(groups: ReadonlyMap<string, readonly CellResult[]>): Map<string, "first" | "again"> {
  const found = new Map<string, "first" | "again">();
  for (const [key, own] of groups) {
    if (own[0]?.budget !== "epochs") continue;
    const other = armKey({ ...own[0], budget: "steps" });
    const cells = new Set(own.map(({ cell }) => cell));
    const others = new Set(groups.get(other)?.map(({ cell }) => cell));
    if (cells.size !== others.size || [...cells].some((cell) => !others.has(cell))) continue;
    found.set(key, "first").set(other, "again");
  }
  return found;
}

function armKey({ arm, budget, trainer, mapTrainer }: CellResult): string {
  return JSON.stringify([arm, budget, trainer, mapTrainer]);
}

function byTest(results: readonly CellResult[]): Map<string, CellResult[]> {
  const tests = new Map<string, CellResult[]>();
  for (const result of results) tests.set(result.test, [...(tests.get(result.test) ?? []), result]);
  for (const own of tests.values()) own.sort((a, b) => a.replicate - b.replicate);
  return tests;
}

function distinct<T>(items: readonly T[], of: (item: T) => string): number {
  return new Set(items.map(of)).size;
}
