import type { Random } from "../core/random.js";

/**
 * Takes `count` rows as evenly over groups as can be: each group, from the smallest on, gives at random an equal part of what is still to be
 * taken, or all that it has: the larger ones give the rest.
 *
 * @param groups rows, none in two groups; empty groups play no part
 * @param count at most as many as there are rows
 */
export function takeEvenly(
  groups: readonly (readonly number[])[],
  count: number,
  random: Random,
): Int32Array {
  const bySize = groups.filter((rows) => rows.length > 0).sort((a, b) => a.length - b.length);
  const taken = new Int32Array(count);
  let found = 0;
  bySize.forEach((rows, at) => {
    const part = Math.min(rows.length, Math.floor((count - found) / (bySize.length - at)));
    taken.set(random.shuffle([...rows]).slice(0, part), found);
    found += part;
  });
  return taken;
}
