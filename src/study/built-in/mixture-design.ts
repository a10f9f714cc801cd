/** Mixtures: which shares are tried, and the terms of the surface that is laid through them. */

import type { ArmSpec } from "../spec/spec.js";
import { mixed } from "./arms.js";

/** What a mixture is made of, in the order of its shares. */
export const components = ["easy", "ambiguous", "hard", "random"] as const;

/** Shares of the components; they sum to 1. */
export type Shares = readonly number[];

/** Scheffe's simplex lattice {q, 2}, the corners and the middles of the edges, and the middle of all. */
export function simplexLattice(q: number = components.length): Shares[] {
  const point = (at: (k: number) => number): Shares => Array.from({ length: q }, (_, k) => at(k));
  const corners = Array.from({ length: q }, (_, i) => point((k) => (k === i ? 1 : 0)));
  const edges = Array.from({ length: q }, (_, i) =>
    Array.from({ length: q - i - 1 }, (__, j) => point((k) => (k === i || k === i + j + 1 ? 0.5 : 0))),
  ).flat();
  // Of two, the middle of all is that of the edge.
  return [...corners, ...edges, ...(q > 2 ? [point(() => 1 / q)] : [])];
}

/** All shares that are multiples of 1/steps. */
export function simplexGrid(steps: number, q: number = components.length): Shares[] {
  const compositions = (left: number, parts: number): number[][] =>
    parts === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, k) => k).flatMap((k) =>
          compositions(left - k, parts - 1).map((rest) => [k, ...rest]),
        );
  return compositions(steps, q).map((counts) => counts.map((count) => count / steps));
}

/** The terms of Scheffe's quadratic: each share, and the product of each two. It has no constant: the shares sum to 1. */
export function quadraticTerms(shares: Shares): number[] {
  return [...shares, ...shares.flatMap((a, i) => shares.slice(i + 1).map((b) => a * b))];
}

export interface DesignPoint {
  readonly arm: ArmSpec;
  readonly shares: Shares;
  readonly fraction: number;
  /** The share of lowest margin that is never taken. */
  readonly suspects: number;
}

/** An arm of such shares: the commonest ranked part first, random last, so that it takes from what the others left. */
export function designPoint(shares: Shares, fraction: number, suspects: number): DesignPoint {
  const parts = components
    .map((by, k) => [by, shares[k] ?? 0] as const)
    .filter(([, share]) => share > 0)
    .sort(([a, x], [b, y]) => Number(a === "random") - Number(b === "random") || y - x);
  const [[base] = ["random", 1] as const, ...rest] = parts;
  const more = suspects > 0 ? { withoutSuspects: suspects } : {};
  return { arm: mixed(base, fraction, rest, more), shares, fraction, suspects };
}
