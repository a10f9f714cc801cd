/**
 * Which fold each example belongs to. Units (groups, duplicates together) stay whole; each goes where the labels that it
 * brings are rarest so far. A seeded hash of the ids decides the order, so the order of the rows plays no part.
 *
 * Bounds: where every unit is of one label, the numbers of a label in two folds differ by no more than that label's
 * largest unit, so by at most one where examples stand alone. Units of several labels are placed first, and units of
 * one label after them only make their difference smaller, or leave it within that bound.
 */

import { hashId } from "../core/random.js";

export interface FoldRequest {
  readonly ids: readonly string[];
  /** Index of each row's label. */
  readonly gold: Int32Array;
  /** Rows with the same number belong together; null: every row stands alone. */
  readonly units: Int32Array | null;
  /** At least 2, at most the number of units. */
  readonly folds: number;
  readonly seed: number;
}

interface Unit {
  readonly rows: number[];
  /** Smallest hash of its ids: the same in every order of the rows. */
  rank: number;
  /** The id with that hash. */
  id: string;
}

/** Fold of every row, 0-based. No fold is empty. */
export function assignFolds(request: FoldRequest): Int32Array {
  const { gold, folds } = request;
  const assigned = new Int32Array(gold.length);
  const labelCount = gold.reduce((most, label) => Math.max(most, label + 1), 0);
  const counts = new Float64Array(folds * labelCount);
  const sizes = new Float64Array(folds);
  for (const { unit, labels } of inOrder(collectUnits(request), gold)) {
    let best = 0;
    let bestLoad = Infinity;
    for (let fold = 0; fold < folds; fold++) {
      let load = 0;
      for (const [label, count] of labels) load += count * (counts[fold * labelCount + label] ?? 0);
      if (load < bestLoad || (load === bestLoad && (sizes[fold] ?? 0) < (sizes[best] ?? 0))) {
        best = fold;
        bestLoad = load;
      }
    }
    for (const [label, count] of labels) counts[best * labelCount + label]! += count;
    sizes[best]! += unit.rows.length;
    for (const row of unit.rows) assigned[row] = best;
  }
  return assigned;
}

/** How many units there are. */
export function unitCount(units: Int32Array | null, size: number): number {
  return units === null ? size : new Set(units).size;
}

function collectUnits({ ids, units, seed }: FoldRequest): Unit[] {
  const byNumber = new Map<number, Unit>();
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] ?? "";
    const rank = hashId(id, seed);
    const number = units === null ? row : (units[row] ?? row);
    const unit = byNumber.get(number);
    if (unit === undefined) {
      byNumber.set(number, { rows: [row], rank, id });
    } else {
      unit.rows.push(row);
      if (rank < unit.rank || (rank === unit.rank && id < unit.id)) Object.assign(unit, { rank, id });
    }
  }
  return [...byNumber.values()];
}

/** Units of several labels first, then the largest, then by rank. */
function inOrder(units: Unit[], gold: Int32Array): { unit: Unit; labels: Map<number, number> }[] {
  const counted = units.map((unit) => {
    const labels = new Map<number, number>();
    for (const row of unit.rows) {
      const label = gold[row] ?? 0;
      labels.set(label, (labels.get(label) ?? 0) + 1);
    }
    return { unit, labels };
  });
  return counted.sort(
    (a, b) =>
      b.labels.size - a.labels.size ||
      b.unit.rows.length - a.unit.rows.length ||
      a.unit.rank - b.unit.rank ||
      (a.unit.id < b.unit.id ? -1 : 1),
  );
}
