/**
 * The odds ratio that all strata have in common, conditional on their margins, and its exact interval (Fisher 1935, Cornfield 1956; of several strata Gart 1970): under
 * odds psi a count x is as likely as by chance times psi^x. For small counts, of which no logarithm has a normal error.
 */

import type { Interval } from "../../study/statistics/interval.js";
import type { CountDistribution } from "./hypergeometric.js";

/** Logarithms of odds. */
export interface ExactOdds {
  /** -Infinity or Infinity where the count is the smallest or the largest possible. */
  readonly estimate: number;
  readonly interval: Interval;
}

/** Odds beyond e^60 are no odds. */
const widest = 60;

/** @param seen a count of the distribution. @param tail of each side: 0.025 gives 95 % */
export function exactOdds({ from, logs }: CountDistribution, seen: number, tail = 0.025): ExactOdds {
  const at = seen - from;
  const [first, last] = [at === 0, at === logs.length - 1];
  // All three rise with the odds.
  const mean = (psi: number): number => expectation(logs, psi, (x) => x);
  const atLeast = (psi: number): number => expectation(logs, psi, (x) => (x >= at ? 1 : 0));
  const above = (psi: number): number => expectation(logs, psi, (x) => (x > at ? 1 : 0));
  return {
    estimate: first ? -Infinity : last ? Infinity : where(mean, at),
    interval: {
      low: first ? -Infinity : where(atLeast, tail),
      high: last ? Infinity : where(above, 1 - tail),
    },
  };
}

function expectation(logs: Float64Array, psi: number, value: (x: number) => number): number {
  let most = -Infinity;
  for (let x = 0; x < logs.length; x++) most = Math.max(most, logs[x]! + psi * x);
  let [sum, all] = [0, 0];
  for (let x = 0; x < logs.length; x++) {
    const term = Math.exp(logs[x]! + psi * x - most);
    all += term;
    sum += term * value(x);
  }
  return sum / all;
}

/** Where a rising function takes a value. */
function where(rising: (psi: number) => number, value: number): number {
  let [low, high] = [-widest, widest];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
