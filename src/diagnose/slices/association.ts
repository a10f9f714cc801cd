/**
 * How large an association is. One stratum: the risk ratio (Katz et al. 1978) and the odds ratio (Woolf 1955). Several: the ratios of Mantel and Haenszel (1959), with
 * the variances of Greenland and Robins (1985) and of Robins, Breslow and Greenland (1986), which are those of the former where there is one stratum. Where a
 * count is small, the exact odds ratio, and the risk ratio of the tables that these odds give the same margins.
 */

import type { Interval } from "../../study/statistics/interval.js";
import { exactOdds } from "./exact-odds.js";
import { chanceCounts } from "./hypergeometric.js";
import type { StratumTable } from "./strata.js";

export interface Effect {
  /** How many times as frequent inside as outside; of several strata within them. Infinity where all who have it are inside. */
  readonly ratio: number;
  readonly ratioInterval: Interval;
  /** Natural logarithm of the odds ratio. */
  readonly logOdds: number;
  readonly logOddsInterval: Interval;
}

/** A logarithm and the variance of its estimate. */
interface Estimate {
  readonly log: number;
  readonly variance: number;
}

const z95 = 1.959963984540054;
/** A count below it is small. */
const small = 10;
/** Logarithm of how unlikely a count may be that an exact interval is still computed of. */
const unlikely = -500;

/** Effects with 95 % intervals. @param tables of all strata in which somebody has the trait */
export function effectOf(tables: readonly StratumTable[]): Effect {
  const sums = (["a", "b", "c", "d"] as const).map((cell) =>
    tables.reduce((sum, table) => sum + table[cell], 0),
  );
  if (Math.min(...sums) < small) {
    const distribution = chanceCounts(tables, unlikely);
    const at = sums[0]! - distribution.from;
    if (at >= 0 && at < distribution.logs.length) {
      const { estimate, interval } = exactOdds(distribution, sums[0]!);
      return {
        ratio: riskUnder(tables, estimate),
        ratioInterval: { low: riskUnder(tables, interval.low), high: riskUnder(tables, interval.high) },
        logOdds: estimate,
        logOddsInterval: interval,
      };
    }
  }
  const halved = tables.map(({ a, b, c, d }) => ({ a: a + 0.5, b: b + 0.5, c: c + 0.5, d: d + 0.5 }));
  const risk = riskRatio(tables) ?? riskRatio(halved)!;
  const odds = oddsRatio(tables) ?? oddsRatio(halved)!;
  const ratio = normalInterval(risk);
  return {
    ratio: Math.exp(risk.log),
    ratioInterval: { low: Math.exp(ratio.low), high: Math.exp(ratio.high) },
    logOdds: odds.log,
    logOddsInterval: normalInterval(odds),
  };
}

/** The risk ratio of tables with these margins and odds. */
function riskUnder(tables: readonly StratumTable[], logOdds: number): number {
  let [above, below] = [0, 0];
  for (const { a, b, c, d } of tables) {
    const [inside, outside, having] = [a + b, c + d, a + c];
    const expected = insideUnder(inside, outside, having, Math.exp(logOdds));
    above += (expected * outside) / (inside + outside);
    below += ((having - expected) * inside) / (inside + outside);
  }
  return above / below;
}

/** How many of those who have the trait are inside under given odds: A (outside - having + A) = odds (having - A) (inside - A). */
function insideUnder(inside: number, outside: number, having: number, odds: number): number {
  if (odds === Infinity) return Math.min(having, inside);
  const linear = outside - having + odds * (having + inside);
  const constant = odds * having * inside;
  const root = Math.sqrt(linear * linear + 4 * (1 - odds) * constant);
  return linear > 0 ? (2 * constant) / (linear + root) : (root - linear) / (2 * (1 - odds));
}

function normalInterval({ log, variance }: Estimate): Interval {
  const reach = z95 * Math.sqrt(variance);
  return { low: log - reach, high: log + reach };
}

function riskRatio(tables: readonly StratumTable[]): Estimate | null {
  let [above, below, spread] = [0, 0, 0];
  for (const { a, b, c, d } of tables) {
    const [inside, outside, n] = [a + b, c + d, a + b + c + d];
    above += (a * outside) / n;
    below += (c * inside) / n;
    spread += ((a + c) * inside * outside - a * c * n) / (n * n);
  }
  return above > 0 && below > 0
    ? { log: Math.log(above / below), variance: Math.max(0, spread / (above * below)) }
    : null;
}

function oddsRatio(tables: readonly StratumTable[]): Estimate | null {
  let [sumR, sumS, sumPR, sumMixed, sumQS] = [0, 0, 0, 0, 0];
  for (const { a, b, c, d } of tables) {
    const n = a + b + c + d;
    const [r, s, p, q] = [(a * d) / n, (b * c) / n, (a + d) / n, (b + c) / n];
    sumR += r;
    sumS += s;
    sumPR += p * r;
    sumMixed += p * s + q * r;
    sumQS += q * s;
  }
  return sumR > 0 && sumS > 0
    ? {
        log: Math.log(sumR / sumS),
        variance: sumPR / (2 * sumR * sumR) + sumMixed / (2 * sumR * sumS) + sumQS / (2 * sumS * sumS),
      }
    : null;
}
