/** A share from the beginning of a ranking, the rest from its end: the reference's way to leave the middle out. */

import { shareOf } from "./quota.js";

/**
 * @param ordered rows in the order of a ranking
 * @param count at most as many as there are
 * @param share of `count` from the beginning, in [0, 1]
 * @returns the beginning in its order, then the end, its last first
 */
export function takeBothEnds(ordered: Int32Array, count: number, share: number): Int32Array {
  const top = shareOf(share, count);
  const taken = new Int32Array(count);
  taken.set(ordered.subarray(0, top));
  for (let i = top; i < count; i++) taken[i] = ordered[ordered.length - 1 - (i - top)] as number;
  return taken;
}
