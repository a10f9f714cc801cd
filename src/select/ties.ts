/**
 * Equals. They are ordered by a seeded hash of the id, so that the same seed takes the same examples on every machine and in
 * every order of the rows; where the cut falls among equals, how many there are is told.
 */

import { sortBy } from "../core/sort-by.js";
import { idHashes } from "./id-hashes.js";

/** A cut that fell among equals. */
export interface CutTie {
  /** The score that they share. */
  readonly score: number;
  /** How many candidates have it. */
  readonly sharing: number;
  /** How many of them were taken. */
  readonly taken: number;
}

/** Of all rows, the last one: the selections of one replicate share it. */
const orders = new WeakMap<readonly string[], { readonly seed: number; readonly order: Int32Array }>();

/** The rows in the order of a seeded hash of their ids; ids of one hash in their own order. */
export function hashOrder(ids: readonly string[], rows: Int32Array, seed: number): Int32Array {
  const all = rows.length === ids.length;
  const known = all ? orders.get(ids) : undefined;
  if (known?.seed === seed) return known.order.slice();
  const hashes = idHashes(ids, seed);
  const ordered = sortBy(rows, hashes);
  for (let first = 0; first < ordered.length;) {
    const hash = hashes[ordered[first] as number];
    let end = first + 1;
    while (end < ordered.length && hashes[ordered[end] as number] === hash) end++;
    if (end - first > 1) {
      ordered.subarray(first, end).sort((a, b) => ((ids[a] as string) < (ids[b] as string) ? -1 : 1));
    }
    first = end;
  }
  if (all) orders.set(ids, { seed, order: ordered.slice() });
  return ordered;
}

/**
 * @param ordered rows in the order of their scores
 * @param cut how many of them are taken
 * @returns the tie that the cut falls in; null where the last taken and the first left differ
 */
export function tieAt(ordered: Int32Array, scores: Float64Array, cut: number): CutTie | null {
  if (cut <= 0 || cut >= ordered.length) return null;
  const score = scores[ordered[cut - 1] as number] as number;
  if (scores[ordered[cut] as number] !== score) return null;
  let first = cut - 1;
  while (first > 0 && scores[ordered[first - 1] as number] === score) first--;
  let end = cut + 1;
  while (end < ordered.length && scores[ordered[end] as number] === score) end++;
  return { score, sharing: end - first, taken: cut - first };
}
