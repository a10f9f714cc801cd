/** Figures of a cell beyond the scores of its test sets. */

import type { TestRecord } from "../folder/record.js";

/** Share of each label, in the order of the names; labels that no example has are 0. */
export function labelShares(names: readonly string[], labels: Int32Array): Record<string, number> {
  const counts = new Float64Array(names.length);
  for (const label of labels) if (label >= 0) counts[label]! += 1;
  return Object.fromEntries(names.map((name, label) => [name, counts[label]! / labels.length]));
}

export function largestShare(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).reduce((most, share) => Math.max(most, share), 0);
}

/** Accuracy of the examples of each value of a column, the values in sorted order; examples without one are left out. */
export function sliceAccuracies(
  column: string,
  values: readonly (string | null)[],
  gold: Int32Array,
  predicted: Int32Array,
): TestRecord["slices"] {
  const slices = new Map<string, { n: number; right: number }>();
  values.forEach((value, row) => {
    if (value === null) return;
    const slice = slices.get(value) ?? { n: 0, right: 0 };
    slices.set(value, slice);
    slice.n++;
    if (gold[row] === predicted[row]) slice.right++;
  });
  return [...slices]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, { n, right }]) => ({ column, value, n, accuracy: right / n }));
}
