/** Numbers as a report says them. A minus sign is typeset; shares are per cent, differences are points. */

import type { CellState } from "../results/results.js";
import type { StateCounts } from "../results/comparison-row.js";
import type { Interval } from "../statistics/interval.js";

/** 0.8314 -> `83.1` */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? (share * 100).toFixed(digits) : "-";
}

/** 0.0123 -> `+1.23`, -0.0123 -> `−1.23` */
export function points(difference: number, digits = 2): string {
  if (!Number.isFinite(difference)) return "-";
  const text = Math.abs(difference * 100).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${difference < 0 ? "−" : "+"}${text}`;
}

/** `[−0.31, +1.20]` */
export function interval({ low, high }: Interval): string {
  return `[${points(low)}, ${points(high)}]`;
}

/** `.032`, `<.001` */
export function pValue(p: number | null): string {
  if (p === null) return "-";
  if (p < 0.001) return "<.001";
  return p >= 0.9995 ? "1" : p.toFixed(3).slice(1);
}

export const stateWords: Readonly<Record<CellState, string>> = {
  ok: "ok",
  "not-optimised": "not optimised",
  "one-class": "one class",
  overfit: "overfit",
  "anti-learned": "anti-learned",
};

/** `2 not optimised, 1 overfit`; empty where all are ok. */
export function flaws(states: StateCounts): string {
  return (Object.entries(states) as [CellState, number][])
    .filter(([state]) => state !== "ok")
    .map(([state, n]) => `${n} ${stateWords[state]}`)
    .join(", ");
}
