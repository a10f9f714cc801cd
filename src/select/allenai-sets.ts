/**
 * The reference implementation's filtered training sets (allenai/cartography, `cartography/selection/train_dy_filtering.py`), as plain
 * data: which rows, in which order. Where it differs from a selection of ours: int(fraction x N) + 1 rows (with both ends exactly
 * int(fraction x N)), both ends without correction of rounding, the end in the order of the ranking. Its sort is not stable: where a
 * tie crosses the cut its set has equal values; ours are then those that the seed puts first.
 */

import type { AllenaiMetric } from "../map/compat.js";
import { hashOrder, tieAt, type CutTie } from "./ties.js";

/** The shares of the training set that it writes. */
export const allenaiFractions = [0.01, 0.05, 0.1, 0.1667, 0.25, 0.3319, 0.5, 0.75] as const;

/** Whether the lowest values come first: what it holds to be the most useful for training. */
const lowestFirst: Readonly<Record<AllenaiMetric, boolean>> = {
  threshold_closeness: false,
  confidence: true,
  variability: false,
  correctness: true,
  forgetfulness: false,
};

export interface AllenaiSet {
  readonly fraction: number;
  /** In the order in which they are written. */
  readonly rows: Int32Array;
  /** The value of the last that was taken from the beginning; null where none was. */
  readonly cut: number | null;
  /** Where a cut falls among equals: score is the metric's value. */
  readonly ties: readonly CutTie[];
}

export interface AllenaiSetOptions {
  readonly metric: AllenaiMetric;
  /** From the other end of the ranking. Default: false. */
  readonly worst?: boolean | undefined;
  /** This share from the beginning, the rest from the end; the reference's is 0.7. Default: all from the beginning. */
  readonly bothEnds?: number | undefined;
  /** Of the order among equals. Default: 0. */
  readonly seed?: number | undefined;
}

/** The sets for all of its fractions. @param values of the metric, one a row */
export function allenaiSets(
  ids: readonly string[],
  values: Float64Array,
  { metric, worst = false, bothEnds, seed = 0 }: AllenaiSetOptions,
): AllenaiSet[] {
  const before = lowestFirst[metric] === worst ? 1 : -1;
  const ordered = hashOrder(
    ids,
    Int32Array.from(ids, (_, row) => row),
    seed,
  ).sort((a, b) => {
    const [one, other] = [values[a] as number, values[b] as number];
    return one < other ? before : one > other ? -before : 0;
  });
  return allenaiFractions.map((fraction) => {
    const n = Math.trunc(fraction * ids.length);
    const top = bothEnds === undefined ? Math.min(n + 1, ids.length) : Math.trunc(n * bothEnds);
    const end = bothEnds === undefined ? 0 : n - top;
    const rows = new Int32Array(top + end);
    rows.set(ordered.subarray(0, top));
    if (end > 0) rows.set(ordered.subarray(ordered.length - end), top);
    const first = tieAt(ordered, values, top);
    const last = tieAt(ordered, values, ordered.length - end);
    const ties = [first, last && { ...last, taken: last.sharing - last.taken }].filter((tie) => tie !== null);
    return { fraction, rows, cut: top > 0 ? (values[ordered[top - 1] as number] as number) : null, ties };
  });
}
