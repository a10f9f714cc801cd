/** Counts of examples in the cells of a grid over the map, with the sum of their correctness: what is drawn where points would overlap. */

export interface Density {
  readonly columns: number;
  readonly rows: number;
  /** Row-major, the first row at the lowest confidence. */
  readonly counts: Uint32Array;
  readonly correctness: Float64Array;
  /** Examples in the fullest cell. */
  readonly most: number;
}

export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Examples whose confidence or variability is NaN are left out. A correctness of NaN counts as 0. */
export function mapDensity(
  map: {
    readonly confidence: Float64Array;
    readonly variability: Float64Array;
    readonly correctness: Float64Array;
  },
  across: Extent,
  up: Extent,
  columns: number,
  rows: number,
): Density {
  const counts = new Uint32Array(columns * rows);
  const correctness = new Float64Array(columns * rows);
  const perColumn = columns / (across.to - across.from);
  const perRow = rows / (up.to - up.from);
  let most = 0;
  for (let i = 0; i < map.confidence.length; i++) {
    const x = (map.variability[i]! - across.from) * perColumn;
    const y = (map.confidence[i]! - up.from) * perRow;
    if (!(x >= 0) || !(y >= 0)) continue;
    const cell = Math.min(rows - 1, Math.floor(y)) * columns + Math.min(columns - 1, Math.floor(x));
    const n = ++counts[cell]!;
    if (n > most) most = n;
    const share = map.correctness[i]!;
    if (share > 0) correctness[cell]! += share;
  }
  return { columns, rows, counts, correctness, most };
}

/** Counts in equal bins from `from` to `to`, the last one closed. NaN is left out. */
export function histogram(values: Float64Array, { from, to }: Extent, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  const scale = bins / (to - from);
  for (const value of values) {
    if (!(value >= from && value <= to)) continue;
    counts[Math.min(bins - 1, Math.floor((value - from) * scale))]!++;
  }
  return counts;
}
