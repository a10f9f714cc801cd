/** What folds and splits keep whole: groups, and exact duplicates, joined where they overlap. */

import type { Dataset } from "./dataset.js";
import { findDuplicates } from "./duplicates/exact-duplicates.js";
import { UnionFind } from "./duplicates/union-find.js";

/** The first row of each row's unit. null: every example stands alone. */
export function wholeUnits(dataset: Dataset): Int32Array | null {
  const { first, repeated } = findDuplicates(dataset);
  if (dataset.groups === null && repeated === 0) return null;
  const units = new UnionFind(dataset.size);
  first?.forEach((earlier, row) => units.join(earlier, row));
  const groups = new Map<string, number>();
  dataset.groups?.forEach((group, row) => {
    if (group === null) return;
    const earlier = groups.get(group);
    if (earlier === undefined) groups.set(group, row);
    else units.join(earlier, row);
  });
  return units.roots();
}
