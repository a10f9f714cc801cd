/** Suspects as a selection leaves them out: the examples of the lowest margin, which Pleiss et al. 2020 take for mislabelled. */

import type { SelectionSource } from "./source.js";
import { hashOrder } from "./ties.js";

/**
 * Rows of the floor(share x N + 1e-9) examples of the lowest margin. Which of equals at the cut are among them is decided by a seeded hash of
 * their ids.
 */
export async function findSuspects(
  source: SelectionSource,
  share: number,
  seed: number,
): Promise<ReadonlySet<number>> {
  const count = Math.floor(share * source.size + 1e-9);
  if (count === 0) return new Set();
  const margins = await source.coordinate("margin");
  const rows = hashOrder(source.ids, Int32Array.from(source.ids.keys()), seed);
  const known = rows.filter((row) => !Number.isNaN(margins[row]));
  return new Set([...known].sort((a, b) => (margins[a] ?? 0) - (margins[b] ?? 0)).slice(0, count));
}
