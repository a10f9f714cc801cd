/** Which ambiguous set is mixed into. */

import type { CellResult } from "../results/results.js";

/** The set that is mixed into where none collapses: the paper's. */
export const mixFallback = 0.17;
/** Of a set's cells, so many are not optimised where it is said to collapse. */
export const collapsedShare = 0.8;

/** The smallest fraction of ambiguous sets whose training collapses under some budget; null where none does. */
export function smallestCollapsed(results: readonly CellResult[]): number | null {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    if (result.by !== "ambiguous" || result.mixBy !== null || result.balanced) continue;
    const key = `${result.fraction} ${result.budget}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const collapsed = [...groups.values()].filter((cells) => {
    const failed = cells.filter(({ state }) => state === "not-optimised").length;
    return failed >= collapsedShare * cells.length;
  });
  const fractions = collapsed.map(([cell]) => cell?.fraction ?? 1);
  return fractions.length === 0 ? null : Math.min(...fractions);
}
