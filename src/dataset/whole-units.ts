/** What folds and splits keep whole: groups, and exact duplicates, joined where they overlap. */

import type { Dataset } from "./dataset.js";
import { findDuplicates } from "./duplicates.js";

/** The first row of each row's unit. null: every example stands alone. */
export function wholeUnits(dataset: Dataset): Int32Array | null {
  const { first, repeated } = findDuplicates(dataset);
  if (dataset.groups === null && repeated === 0) return null;
  const parent = Int32Array.from({ length: dataset.size }, (_, row) => row);
  const find = (row: number): number => {
    let root = row;
    while (parent[root] !== root) root = parent[root] ?? root;
    while (parent[row] !== root) [parent[row], row] = [root, parent[row] ?? root];
    return root;
  };
  const join = (a: number, b: number): void => {
    const [low, high] = [find(a), find(b)].sort((x, y) => x - y) as [number, number];
    parent[high] = low;
  };
  first?.forEach((earlier, row) => join(earlier, row));
  const groups = new Map<string, number>();
  dataset.groups?.forEach((group, row) => {
    if (group === null) return;
    const earlier = groups.get(group);
    if (earlier === undefined) groups.set(group, row);
    else join(earlier, row);
  });
  return parent.map((_, row) => find(row));
}
