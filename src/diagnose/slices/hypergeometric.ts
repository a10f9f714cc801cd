/**
 * How many examples with a trait fall inside by chance, given how many have it and how many are inside in each stratum: a sum of hypergeometric numbers, stratum by
 * stratum. Both the exact test and the exact interval come from it.
 */

import type { StratumTable } from "./strata.js";

/** How likely each count is: from `from` on, the logarithm up to a constant. */
export interface CountDistribution {
  readonly from: number;
  readonly logs: Float64Array;
}

/** @param least counts whose logarithm is this far below the likeliest are left out */
export function chanceCounts(tables: Iterable<StratumTable>, least: number): CountDistribution {
  let sum: Scaled = { from: 0, terms: Float64Array.of(1), log: 0 };
  for (const table of tables) sum = added(sum, hypergeometric(table, least), least);
  return { from: sum.from, logs: sum.terms.map((term) => Math.log(term) + sum.log) };
}

/** Terms of at most 1, each times exp(log). */
interface Scaled {
  readonly from: number;
  readonly terms: Float64Array;
  readonly log: number;
}

function hypergeometric({ a, b, c, d }: StratumTable, least: number): Scaled {
  const [inside, having, n] = [a + b, a + c, a + b + c + d];
  const [low, high] = [Math.max(0, having - (c + d)), Math.min(having, inside)];
  const rest = n - inside - having;
  const mode = Math.min(high, Math.max(low, Math.floor(((having + 1) * (inside + 1)) / (n + 2))));
  const smallest = Math.exp(least);
  const down: number[] = [];
  const up: number[] = [];
  for (let x = mode, term = 1; x > low; x--) {
    term *= (x * (rest + x)) / ((having - x + 1) * (inside - x + 1));
    if (term < smallest) break;
    down.push(term);
  }
  for (let x = mode, term = 1; x < high; x++) {
    term *= ((having - x) * (inside - x)) / ((x + 1) * (rest + x + 1));
    if (term < smallest) break;
    up.push(term);
  }
  return { from: mode - down.length, terms: Float64Array.from([...down.reverse(), 1, ...up]), log: 0 };
}

function added(one: Scaled, other: Scaled, least: number): Scaled {
  const sums = new Float64Array(one.terms.length + other.terms.length - 1);
  one.terms.forEach((term, i) => {
    for (let j = 0; j < other.terms.length; j++) sums[i + j]! += term * other.terms[j]!;
  });
  let largest = 0;
  for (const term of sums) largest = Math.max(largest, term);
  const smallest = largest * Math.exp(least);
  let [start, end] = [0, sums.length];
  while (sums[start]! < smallest) start++;
  while (sums[end - 1]! < smallest) end--;
  return {
    from: one.from + other.from + start,
    terms: sums.subarray(start, end).map((term) => term / largest),
    log: one.log + other.log + Math.log(largest),
  };
}
