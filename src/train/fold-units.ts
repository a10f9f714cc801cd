/** What folds keep whole. */

import type { Dataset } from "../dataset/dataset.js";

/** A number for each row; rows with the same one belong together. null: every row stands alone. */
export function foldUnits(dataset: Dataset): Int32Array | null {
  const { groups } = dataset;
  if (groups === null) return null;
  const numbers = new Map<string, number>();
  let next = 0;
  return Int32Array.from(groups, (group) => {
    if (group === null) return next++;
    let number = numbers.get(group);
    if (number === undefined) numbers.set(group, (number = next++));
    return number;
  });
}
