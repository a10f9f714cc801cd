/** The examples whose places on the maps lie farthest apart, by distance in the plane of confidence and variability. */

/** Of one run, for the shared examples; NaN where null. */
export interface Places {
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
}

export interface Move {
  /** Which of the shared examples. */
  readonly at: number;
  /** The two runs whose places are farthest apart, as indices; `from` before `to`. */
  readonly from: number;
  readonly to: number;
  readonly distance: number;
}

/** How one map lies to another: means over the examples that have a place in both; null where there are none. */
export interface Shift {
  readonly size: number;
  /** Second less first. */
  readonly confidence: number | null;
  readonly variability: number | null;
  readonly distance: number | null;
}

/** @returns up to `most` moves, the farthest first, those of equal distance in the order of the first run; examples that have not moved are left out */
export function farthestMoves(runs: readonly Places[], most: number): Move[] {
  const size = runs[0]?.confidence.length ?? 0;
  let kept: Move[] = [];
  let least = 0;
  const order = (a: Move, b: Move): number => b.distance - a.distance || a.at - b.at;
  for (let at = 0; at < size; at++) {
    const move = moveOf(runs, at);
    if (move === null || move.distance <= least) continue;
    kept.push(move);
    if (kept.length < 4 * most + 16) continue;
    kept = kept.sort(order).slice(0, most);
    least = kept.at(-1)?.distance ?? Infinity;
  }
  return kept.sort(order).slice(0, most);
}

function moveOf(runs: readonly Places[], at: number): Move | null {
  let [from, to, square] = [0, 0, 0];
  for (let i = 0; i < runs.length; i++) {
    for (let j = i + 1; j < runs.length; j++) {
      const across = runs[i]!.variability[at]! - runs[j]!.variability[at]!;
      const up = runs[i]!.confidence[at]! - runs[j]!.confidence[at]!;
      const apart = across * across + up * up;
      if (apart > square) [from, to, square] = [i, j, apart];
    }
  }
  return square > 0 ? { at, from, to, distance: Math.sqrt(square) } : null;
}

export function shiftOf(first: Places, second: Places): Shift {
  let [size, confidence, variability, distance] = [0, 0, 0, 0];
  for (let at = 0; at < first.confidence.length; at++) {
    const up = second.confidence[at]! - first.confidence[at]!;
    const across = second.variability[at]! - first.variability[at]!;
    if (Number.isNaN(up + across)) continue;
    size++;
    confidence += up;
    variability += across;
    distance += Math.sqrt(up * up + across * across);
  }
  const mean = (sum: number): number | null => (size === 0 ? null : sum / size);
  return {
    size,
    confidence: mean(confidence),
    variability: mean(variability),
    distance: mean(distance),
  };
}
