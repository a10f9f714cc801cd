/** The interval of a share that was counted. */

import type { Interval } from "../../study/statistics/interval.js";

/**
 * Wilson's score interval (1927): also of small counts, and of 0 or all.
 *
 * @param z of the level. Default: 95 %
 * @returns [0, 1] of nothing
 */
export function wilson(successes: number, of: number, z = 1.959963984540054): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const share = successes / of;
  const square = (z * z) / of;
  const centre = (share + square / 2) / (1 + square);
  const reach = (z * Math.sqrt((share * (1 - share)) / of + square / (4 * of))) / (1 + square);
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - reach),
    high: successes === of ? 1 : Math.min(1, centre + reach),
  };
}
