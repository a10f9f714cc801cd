/** One comparison decided: the difference of two arms' accuracies on a test set, and what can be said of it. */

import type { Arm } from "./arms.js";
import { chance, significantDeviations } from "./cell-state.js";
import type { Comparison } from "./comparison.js";
import type { CellResult, CellState } from "./results.js";
import { bootstrapP, percentileInterval, resampleMeans, type Unit } from "../statistics/bootstrap.js";
import type { ResampledAccuracies } from "../statistics/bootstrap.js";
import type { Interval } from "../statistics/interval.js";
import { mean } from "../statistics/moments.js";
import { equivalence, pairedT, smallestDetectable } from "../statistics/paired-t.js";

export type Verdict = "better" | "worse" | "equivalent" | "inconclusive";

/** Cells in each state; states that no cell is in are left out. */
export type StateCounts = Readonly<Partial<Record<CellState, number>>>;

export interface ComparisonRow extends Comparison {
  /** Pairs of replicates; those that share a map count as one. */
  readonly replicates: number;
  readonly mean: number;
  readonly againstMean: number;
  /** Of accuracies, in [-1, 1]. All cells count. */
  readonly difference: number;
  /** The same over the pairs of which both cells are ok; null where there is none. */
  readonly differenceOk: number | null;
  /** Of Matthews correlations: what is left where a gain only moved the shares of the answered labels. */
  readonly matthewsDifference: number;
  /** Over replicates and test clusters. */
  readonly bootstrap: Interval;
  /** Over replicates alone; null of one. */
  readonly t: Interval | null;
  /** The larger of the two tests' p; null of one replicate. */
  readonly p: number | null;
  readonly adjusted: number | null;
  /** What a study of this size finds in four of five cases; null of one replicate. */
  readonly detectable: number | null;
  readonly equivalent: boolean;
  readonly armStates: StateCounts;
  readonly againstStates: StateCounts;
  readonly armAboveChance: boolean;
  readonly againstAboveChance: boolean;
  readonly verdict: Verdict;
  /** Why the verdict is not what the numbers alone would say; null: it is. */
  readonly because: string | null;
}

export interface Pair {
  readonly cells: readonly (readonly [arm: CellResult, against: CellResult])[];
}

/**
 * Replicates that both arms have, paired by number. Replicates that share a map are no independent evidence of what the map selects:
 * they are averaged, and count as one.
 */
export function pairsOf(arm: Arm, against: Arm, test: string): Pair[] {
  const others = new Map((against.cells.get(test) ?? []).map((cell) => [cell.replicate, cell]));
  const units = new Map<string, [CellResult, CellResult][]>();
  for (const cell of arm.cells.get(test) ?? []) {
    const other = others.get(cell.replicate);
    if (other === undefined) continue;
    const mapped = arm.mapTrainer !== null ? cell : against.mapTrainer !== null ? other : null;
    const unit = mapped === null ? `replicate ${cell.replicate}` : `map ${mapped.mapSeed}`;
    units.set(unit, [...(units.get(unit) ?? []), [cell, other]]);
  }
  return [...units.values()].map((cells) => ({ cells }));
}

/** A row before it is adjusted: `adjusted` is null, and the verdict open. */
export function compareArms(
  comparison: Comparison,
  arm: Arm,
  against: Arm,
  resampled: ResampledAccuracies,
  column: (cell: CellResult) => number,
  { seed, margin }: { readonly seed: number; readonly margin: number },
): ComparisonRow | null {
  const pairs = pairsOf(arm, against, comparison.test);
  if (pairs.length === 0) return null;
  const units: Unit[] = pairs.map(({ cells }) => ({
    cells: cells.map(([own]) => column(own)),
    against: cells.map(([, other]) => column(other)),
  }));
  const gaps = (of: (cell: CellResult) => number): number[] =>
    pairs.map(({ cells }) => mean(cells.map(([own, other]) => of(own) - of(other))));
  const differences = gaps(({ accuracy }) => accuracy);
  const t = pairedT(differences);
  const means = resampleMeans(resampled, units, seed);
  const within = percentileInterval(means, 0.9);
  const tost = equivalence(differences, margin);
  const own = pairs.flatMap(({ cells }) => cells.map(([cell]) => cell));
  const other = pairs.flatMap(({ cells }) => cells.map(([, cell]) => cell));
  const ok = pairs.flatMap(({ cells }) => cells).filter(([a, b]) => a.state === "ok" && b.state === "ok");
  return {
    ...comparison,
    replicates: pairs.length,
    mean: mean(own.map(({ accuracy }) => accuracy)),
    againstMean: mean(other.map(({ accuracy }) => accuracy)),
    difference: t.mean,
    differenceOk: ok.length === 0 ? null : mean(ok.map(([a, b]) => a.accuracy - b.accuracy)),
    matthewsDifference: mean(gaps(({ matthews }) => matthews)),
    bootstrap: percentileInterval(means),
    t: t.interval,
    p: t.p === null ? null : Math.max(t.p, bootstrapP(means)),
    adjusted: null,
    detectable: pairs.length < 2 ? null : smallestDetectable(t.deviation, pairs.length),
    equivalent: tost !== null && tost < 0.05 && within.low > -margin && within.high < margin,
    armStates: countStates(own),
    againstStates: countStates(other),
    armAboveChance: aboveChance(own),
    againstAboveChance: aboveChance(other),
    verdict: "inconclusive",
    because: null,
  };
}

/** The row with its adjusted p and verdict. A difference out of distribution counts only where both sides are above chance. */
export function decide(row: ComparisonRow, adjusted: number | null, alpha: number): ComparisonRow {
  if (adjusted === null) {
    return {
      ...row,
      adjusted,
      verdict: "inconclusive",
      because: "one replicate or one map says nothing of its noise",
    };
  }
  if (adjusted < alpha) {
    const both = row.armAboveChance && row.againstAboveChance;
    if (row.kind === "ood" && !both) {
      const side = !row.armAboveChance && !row.againstAboveChance ? "neither side is" : "one side is not";
      return { ...row, adjusted, verdict: "inconclusive", because: `${side} above chance` };
    }
    return { ...row, adjusted, verdict: row.difference > 0 ? "better" : "worse" };
  }
  return { ...row, adjusted, verdict: row.equivalent ? "equivalent" : "inconclusive" };
}

export function countStates(cells: readonly CellResult[]): StateCounts {
  const counts: Partial<Record<CellState, number>> = {};
  for (const { state } of cells) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/**
 * Whether an arm is above chance on a test set: surely over its replicates (the 95 % t interval of accuracy less chance lies above 0),
 * and by more than the noise of the test examples (`significantDeviations` of one cell's).
 */
export function aboveChance(cells: readonly CellResult[]): boolean {
  if (cells.length === 0) return false;
  const chances = cells.map(chance);
  const excess = cells.map(({ accuracy }, i) => accuracy - chances[i]!.expected);
  const noise = mean(chances.map(({ deviation }) => deviation));
  const { interval, mean: centre } = pairedT(excess);
  return centre > significantDeviations * noise && (interval === null || interval.low > 0);
}
