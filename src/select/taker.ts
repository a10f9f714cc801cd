/** A strategy's choice as one function: so many of these candidates. Rankings and sets that are built look the same from here. */

import { InternalError } from "../core/errors.js";
import { sortBy } from "../core/sort-by.js";
import { takeBothEnds } from "./both-ends.js";
import { spreadOverClusters } from "./diverse.js";
import { shareOf } from "./quota.js";
import type { Chooser, Picker, Ranking } from "./strategy.js";
import { tieAt, type CutTie } from "./ties.js";

export interface Taken {
  /** In the order of taking. */
  readonly rows: Int32Array;
  /** Where a cut fell among equals. */
  readonly ties: readonly CutTie[];
}

export interface Taker {
  /** How many of the candidates can be taken. */
  capacity(candidates: Int32Array): number;
  /**
   * @param candidates in the order of their seeded hashes
   * @param count at most their capacity
   */
  take(candidates: Int32Array, count: number): Promise<Taken>;
  /** So many of each label at once; null: label by label will do. */
  readonly takeByLabel: ((candidates: Int32Array, counts: Int32Array) => Promise<Int32Array>) | null;
}

export interface Manner {
  readonly reverse: boolean;
  /** null: all from the beginning. */
  readonly bothEnds: number | null;
  /** A cluster a row; null: not spread. */
  readonly clusters: Int32Array | null;
}

export function takerOf(name: string, chooser: Chooser, manner: Manner): Taker {
  if (chooser.kind === "ranking") return rankingTaker(chooser, manner);
  // Its manner is that of a ranking: `checkRecipe` sees to it.
  return pickerTaker(name, chooser);
}

function rankingTaker({ scores }: Ranking, { reverse, bothEnds, clusters }: Manner): Taker {
  const byScore = sorter(scores);
  return {
    takeByLabel: null,
    capacity: (candidates) => rankable(candidates, scores).length,
    take: async (candidates, count) => {
      const ordered = byScore(rankable(candidates, scores), reverse);
      if (bothEnds !== null) {
        const top = shareOf(bothEnds, count);
        const rows = takeBothEnds(ordered, count, bothEnds);
        if (count === ordered.length) return { rows, ties: [] };
        const first = tieAt(ordered, scores, top);
        const last = tieAt(ordered, scores, ordered.length - (count - top));
        const ties = [first, last && { ...last, taken: last.sharing - last.taken }];
        return { rows, ties: ties.filter((tie) => tie !== null) };
      }
      // Spread over clusters there are as many cuts as clusters: none is told.
      if (clusters !== null) return { rows: spreadOverClusters(ordered, clusters).slice(0, count), ties: [] };
      const tie = tieAt(ordered, scores, count);
      return { rows: ordered.slice(0, count), ties: tie === null ? [] : [tie] };
    },
  };
}

/** The candidates that have a score. */
function rankable(candidates: Int32Array, scores: Float64Array): Int32Array {
  const found = new Int32Array(candidates.length);
  let count = 0;
  for (let at = 0; at < candidates.length; at++) {
    const row = candidates[at] as number;
    if (!Number.isNaN(scores[row])) found[count++] = row;
  }
  return found.subarray(0, count);
}

/** Sorting is stable: equals keep the order of their hashes, in both directions. */
function sorter(scores: Float64Array): (rows: Int32Array, ascending: boolean) => Int32Array {
  // Once: where labels are balanced, each asks for its own rows.
  let negated: Float64Array | null = null;
  return (rows, ascending) => sortBy(rows, ascending ? scores : (negated ??= scores.map((score) => -score)));
}

function pickerTaker(name: string, picker: Picker): Taker {
  const checked = (rows: Int32Array, candidates: Int32Array, count: number): Int32Array => {
    const allowed = new Set(candidates);
    if (rows.length === count && rows.every((row) => allowed.delete(row))) return rows;
    throw new InternalError(`${name} was to take ${count} of its candidates, each once`);
  };
  return {
    capacity: (candidates) => candidates.length,
    take: async (candidates, count) => ({
      rows: checked(await picker.pick(candidates, count), candidates, count),
      ties: [],
    }),
    takeByLabel:
      picker.pickByLabel === undefined
        ? null
        : async (candidates, counts) =>
            checked(
              (await picker.pickByLabel?.(candidates, counts)) ?? new Int32Array(0),
              candidates,
              counts.reduce((sum, count) => sum + count, 0),
            ),
  };
}
