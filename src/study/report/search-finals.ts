/** The end of a search in its report: what it chose, and its finalists, of fresh seeds alone, each against random of its size. */

import { replicatesOf } from "../built-in/built-in.js";
import type { FoundTable } from "../built-in/findings.js";
import { isReference } from "../built-in/search.js";
import type { DeclaredComparison } from "../results/comparison.js";
import type { CellResult } from "../results/results.js";
import type { ArmSpec, StudySpec } from "../spec/spec.js";

export interface SearchFinals {
  readonly results: readonly CellResult[];
  readonly declared: readonly DeclaredComparison[];
  readonly said: readonly string[];
}

interface Searched {
  readonly results: readonly CellResult[];
  readonly manifest: { readonly spec: StudySpec; readonly arms: readonly ArmSpec[] };
}

/** Null where the study is no search, or has not come to its end. */
export function searchFinals(
  { results, manifest: { spec, arms } }: Searched,
  tables: readonly FoundTable[],
): SearchFinals | null {
  const table = tables.find(({ name }) => name === "search-finalists");
  const searched = replicatesOf(spec).length;
  const fresh = results.filter(({ replicate }) => replicate >= searched);
  if (table === undefined || fresh.length === 0) return null;
  const inFinal = new Set(fresh.map(({ arm }) => arm));
  const finalists = arms.filter((arm) => inFinal.has(arm.name) && !isReference(arm));
  const tests = spec.tests.map(({ name }) => name);
  const declared = finalists.flatMap(({ name, recipe }) => {
    const random = arms.find(
      (other) => isReference(other) && other.recipe !== null && other.recipe.fraction === recipe?.fraction,
    );
    return random === undefined ? [] : [{ arm: name, against: random.name, tests }];
  });
  const whole = arms.find(({ recipe }) => recipe === null)?.name;
  const chosen = table.rows.find(([arm]) => arm !== whole && arm !== null);
  return {
    results: fresh,
    declared,
    said: [
      ...(chosen === undefined
        ? []
        : [`The search chose ${chosen[0]}${spec.budgets.length > 1 ? `, by ${chosen[1]}` : ""}.`]),
      "Accuracies and comparisons are of fresh seeds, which the search did not see; what it saw stands in its own tables.",
    ],
  };
}
