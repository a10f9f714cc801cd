/**
 * Scheffe's quadratic surface by least squares, with an offset for each replicate (they share seeds, and so luck). The offsets sum to zero: the
 * surface is that of an average replicate.
 */

import { quadraticTerms, simplexGrid, type Shares } from "./mixture-design.js";

export interface SurfaceCell {
  readonly shares: Shares;
  readonly replicate: number;
  readonly value: number;
}

export interface Surface {
  /** Of the cells that it was laid through. */
  readonly cells: number;
  /** Deviation of a cell from it; null where there are no more cells than coefficients. */
  readonly residual: number | null;
  /** In the order of `quadraticTerms`. */
  readonly coefficients: readonly number[];
  /** Of a mixture, with the standard error of that mean (null as above). */
  predict(shares: Shares): { readonly value: number; readonly error: number | null };
}

/** Shares are looked at in steps of a tenth. */
const gridSteps = 10;

/** null where the cells do not determine it. */
export function fitSurface(cells: readonly SurfaceCell[]): Surface | null {
  const replicates = [...new Set(cells.map(({ replicate }) => replicate))].sort((a, b) => a - b);
  const offsets = (replicate: number): number[] =>
    replicates.slice(1).map((one) => (one === replicate ? 1 : replicate === replicates[0] ? -1 : 0));
  const rows = cells.map(({ shares, replicate }) => [...quadraticTerms(shares), ...offsets(replicate)]);
  const width = rows[0]?.length ?? 0;
  const inverse = invert(
    Array.from({ length: width }, (_, i) =>
      Array.from({ length: width }, (__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    ),
  );
  if (inverse === null) return null;
  const moments = Array.from({ length: width }, (_, i) =>
    rows.reduce((sum, row, at) => sum + row[i]! * (cells[at]?.value ?? 0), 0),
  );
  const solved = inverse.map((row) => dot(row, moments));
  const left = rows.reduce((sum, row, at) => sum + (dot(row, solved) - (cells[at]?.value ?? 0)) ** 2, 0);
  const freedom = cells.length - width;
  const residual = freedom > 0 ? Math.sqrt(left / freedom) : null;
  return {
    cells: cells.length,
    residual,
    coefficients: solved.slice(0, quadraticTerms(cells[0]?.shares ?? []).length),
    predict(shares) {
      const row = [...quadraticTerms(shares), ...replicates.slice(1).map(() => 0)];
      const spread = dot(
        row,
        inverse.map((one) => dot(one, row)),
      );
      return {
        value: dot(row, solved),
        error: residual === null ? null : residual * Math.sqrt(Math.max(0, spread)),
      };
    },
  };
}

export interface BestRegion {
  readonly best: Shares;
  readonly value: number;
  readonly error: number | null;
  /** The least and the largest share of each component among the mixtures within one standard error of the best. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** How many of the mixtures of a grid in steps of a tenth these are, in [0, 1]. */
  readonly share: number;
}

/** The best mixture of a surface, and all that are within one standard error of it. */
export function bestRegion(surface: Surface, q: number): BestRegion {
  const grid = simplexGrid(gridSteps, q).map((shares) => ({ shares, ...surface.predict(shares) }));
  const best = grid.reduce((a, b) => (b.value > a.value ? b : a));
  const near = grid.filter(({ value }) => value >= best.value - (best.error ?? 0));
  return {
    best: best.shares,
    value: best.value,
    error: best.error,
    ranges: best.shares.map((_, k) => {
      const shares = near.map((one) => one.shares[k] ?? 0);
      return [Math.min(...shares), Math.max(...shares)] as const;
    }),
    share: near.length / grid.length,
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Gauss and Jordan with pivots; null where it is singular. */
function invert(matrix: readonly (readonly number[])[]): number[][] | null {
  const size = matrix.length;
  if (size === 0) return null;
  const scale = Math.max(...matrix.flat().map(Math.abs));
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: size }, (_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    const found = rows[pivot]!;
    const value = found[k]!;
    if (Math.abs(value) < 1e-10 * scale) return null;
    rows[pivot] = rows[k]!;
    rows[k] = found.map((entry) => entry / value);
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]!;
      rows[i] = rows[i]!.map((entry, j) => entry - factor * rows[k]![j]!);
    }
  }
  return rows.map((row) => row.slice(size));
}
