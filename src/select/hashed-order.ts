import { hashId } from "../core/random.js";

/**
 * Rows in the order of their hashed ids: an order that looks random and does not depend on that of the dataset.
 *
 * @param rows Default: all.
 */
export function hashedOrder(ids: readonly string[], rows?: Int32Array): Int32Array {
  const ordered = rows?.slice() ?? Int32Array.from(ids, (_, row) => row);
  const ranks = new Float64Array(ids.length);
  for (const row of ordered) ranks[row] = hashId(ids[row] ?? "", 0);
  return ordered.sort((a, b) => ranks[a]! - ranks[b]! || ((ids[a] ?? "") < (ids[b] ?? "") ? -1 : 1));
}
