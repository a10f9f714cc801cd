/**
 * Which examples get another label, and which: as plain data, from ids and a seed alone, so that the order of the rows plays no part.
 *
 * Whole units (groups, duplicates) flip or stay. Units come in the order of a seeded hash of their ids and are taken while the quota has room
 * for all of their members. Members of a unit that share a label get the same new one, as if one annotator had misread them.
 */

import { deriveSeed, hashId } from "../../core/random.js";

export interface FlipRequest {
  readonly ids: readonly string[];
  /** Index of each row's label. */
  readonly gold: Int32Array;
  /** Rows with the same number belong together; null: every row stands alone. */
  readonly units: Int32Array | null;
  /** 1 where a row may flip; a unit may where all of its members may. null: all. */
  readonly eligible: Uint8Array | null;
  /** How many examples flip in all, or of each label. */
  readonly quota: number | Int32Array;
  /**
   * The new label of examples of one unit and label.
   *
   * @param row one of them
   * @param draw in [0, 1)
   * @returns null: this one cannot be flipped
   */
  readonly newLabel: (row: number, draw: number) => number | null;
  readonly seed: number;
}

export interface FlipPlan {
  /** Ascending. */
  readonly rows: Int32Array;
  /** The new label of each of them. */
  readonly labels: Int32Array;
  /** How many examples were to flip. */
  readonly asked: number;
}

interface Unit {
  readonly rows: number[];
  rank: number;
  id: string;
  row: number;
}

export function planFlips(request: FlipRequest): FlipPlan {
  const { gold, quota, eligible } = request;
  const perLabel = typeof quota === "number" ? null : quota.slice();
  const asked = typeof quota === "number" ? quota : quota.reduce((sum, one) => sum + one, 0);
  let left = asked;
  const flips = new Map<number, number>();
  for (const unit of inOrder(request)) {
    if (left === 0) break;
    if (unit.rows.length > left || unit.rows.some((row) => eligible !== null && eligible[row] === 0))
      continue;
    const counts = countLabels(unit.rows, gold);
    if (perLabel !== null && [...counts].some(([label, n]) => n > (perLabel[label] ?? 0))) continue;
    const labels = newLabels(unit, request);
    if (labels === null) continue;
    for (const row of unit.rows) flips.set(row, labels.get(gold[row]!)!);
    for (const [label, n] of counts) if (perLabel !== null) perLabel[label]! -= n;
    left -= unit.rows.length;
  }
  const rows = Int32Array.from(flips.keys()).sort();
  return { rows, labels: rows.map((row) => flips.get(row)!), asked };
}

/** The new label for each label in the unit; null where one of them cannot be flipped. */
function newLabels(unit: Unit, { ids, gold, newLabel, seed }: FlipRequest): Map<number, number> | null {
  const labels = new Map<number, number>();
  const members = [...unit.rows].sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1));
  for (const row of members) {
    const old = gold[row]!;
    if (labels.has(old)) continue;
    const draw = hashId(unit.id, deriveSeed(seed, `new label of ${old}`)) / 2 ** 53;
    const label = newLabel(row, draw);
    if (label === null || label === old) return null;
    labels.set(old, label);
  }
  return labels;
}

function countLabels(rows: readonly number[], gold: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(gold[row]!, (counts.get(gold[row]!) ?? 0) + 1);
  return counts;
}

function inOrder({ ids, units, seed }: FlipRequest): Unit[] {
  const order = deriveSeed(seed, "which flip");
  const byNumber = new Map<number, Unit>();
  ids.forEach((id, row) => {
    const rank = hashId(id, order);
    const number = units === null ? row : units[row]!;
    const unit = byNumber.get(number);
    if (unit === undefined) byNumber.set(number, { rows: [row], rank, id, row });
    else {
      unit.rows.push(row);
      if (rank < unit.rank || (rank === unit.rank && id < unit.id)) Object.assign(unit, { rank, id, row });
    }
  });
  return [...byNumber.values()].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
}
