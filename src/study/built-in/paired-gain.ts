/** The gain of one arm over another on a test set, replicate by replicate: they share seeds, so that luck cancels. */

import type { CellResult } from "../results/results.js";
import { pairedT } from "../statistics/paired-t.js";

export interface Gain {
  readonly mean: number;
  /** Half of the 95 % interval of the mean (t); null for one replicate. */
  readonly half: number | null;
  readonly replicates: number;
}

/** null where no replicate has both. */
export function pairedGain(cells: readonly CellResult[], against: readonly CellResult[]): Gain | null {
  const before = new Map(against.map((cell) => [cell.replicate, cell.accuracy]));
  const differences = cells.flatMap(({ replicate, accuracy }) => {
    const other = before.get(replicate);
    return other === undefined ? [] : [accuracy - other];
  });
  if (differences.length === 0) return null;
  const { n, mean, interval } = pairedT(differences);
  return { mean, half: interval === null ? null : (interval.high - interval.low) / 2, replicates: n };
}
