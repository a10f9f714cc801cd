/** Slices by label, and by label and what the model would say instead. */

import { rowsByKey, type Slice, type SliceSource } from "../slice.js";

/** @param gold index of each row's label; -1 where not known */
export function labelSlices(
  { rows, minSupport }: SliceSource,
  gold: Int32Array,
  names: readonly string[],
): Slice[] {
  return rowsByKey(rows, (row) => gold[row]!, names.length).flatMap((own, label): Slice[] =>
    own.length < minSupport ? [] : [{ kind: "label", field: null, value: names[label]!, rows: own }],
  );
}

/**
 * None of fewer than three labels: the other one is no news.
 *
 * @param other index of the most probable label that is not the row's own; -1 where not known
 */
export function confusionSlices(
  { rows, minSupport }: SliceSource,
  gold: Int32Array,
  other: Int32Array,
  names: readonly string[],
): Slice[] {
  if (names.length < 3) return [];
  const pairs = new Map<number, number>();
  const keys = new Int32Array(gold.length).fill(-1);
  for (const row of rows) {
    if (gold[row]! < 0 || other[row]! < 0) continue;
    const pair = gold[row]! * names.length + other[row]!;
    if (!pairs.has(pair)) pairs.set(pair, pairs.size);
    keys[row] = pairs.get(pair)!;
  }
  const parts = rowsByKey(rows, (row) => keys[row]!, pairs.size);
  return [...pairs.keys()]
    .map((pair, at) => ({ pair, own: parts[at]! }))
    .filter(({ own }) => own.length >= minSupport)
    .sort((a, b) => a.pair - b.pair)
    .map(({ pair, own }) => ({
      kind: "confusion",
      field: null,
      value: `${names[Math.floor(pair / names.length)]!} / ${names[pair % names.length]!}`,
      rows: own,
    }));
}
