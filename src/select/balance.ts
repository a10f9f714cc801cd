/**
 * Equal counts of each label. n is rounded down to labels x floor(n / labels). A label with too few candidates gives all
 * that it has, and the others share what it lacks equally, so that n stays: what differs is told.
 */

import { UserError } from "../core/errors.js";

/**
 * How many of each label to take.
 *
 * @param available candidates of each label; labels without any do not count as labels
 * @param count asked for
 * @returns one number a label; their sum is labels x floor(count / labels)
 * @throws UserError where there are more labels than examples to take
 */
export function balancedCounts(available: Int32Array, count: number): Int32Array {
  const labels = available.filter((one) => one > 0).length;
  const each = labels === 0 ? 0 : Math.floor(count / labels);
  if (each === 0) {
    throw new UserError({
      subject: "--balance label",
      problem: `there are more labels (${labels}) than examples to take`,
      value: count,
      remedy: `take ${labels} or more`,
    });
  }
  return evenly(available, labels * each);
}

/** Spreads a number over labels: equal where there is enough, all of a label where there is not, leftovers to the first labels. */
export function evenly(available: Int32Array, count: number): Int32Array {
  const taken = new Int32Array(available.length);
  let left = count;
  for (;;) {
    const open = [...available.keys()].filter(
      (label) => (taken[label] as number) < (available[label] as number),
    );
    if (left === 0 || open.length === 0) return taken;
    const each = Math.max(1, Math.floor(left / open.length));
    for (const label of open) {
      const more = Math.min(each, left, (available[label] as number) - (taken[label] as number));
      taken[label] = (taken[label] as number) + more;
      left -= more;
    }
  }
}

/** Puts lists together in turns, so that any beginning is as balanced as can be. */
export function interleave(lists: readonly Int32Array[]): Int32Array {
  const merged: number[] = [];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let turn = 0; turn < longest; turn++) {
    for (const list of lists) if (turn < list.length) merged.push(list[turn] as number);
  }
  return Int32Array.from(merged);
}
