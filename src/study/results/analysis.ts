/** All numbers of a report: each arm's score on each test set, and the comparisons. Reads the outcomes of one test set at a time. */

import { deriveSeed } from "../../core/random.js";
import { armsOf, testsOf, type Arm, type TestSet } from "./arms.js";
import { declareComparisons, type Comparison, type DeclaredComparison, type Family } from "./comparison.js";
import {
  aboveChance,
  compareArms,
  countStates,
  decide,
  type ComparisonRow,
  type StateCounts,
} from "./comparison-row.js";
import type { CellResult, StudyResults } from "./results.js";
import { benjaminiHochberg, holm } from "../statistics/adjust.js";
import { percentileInterval, resampleAccuracies, resampleMeans } from "../statistics/bootstrap.js";
import type { Interval } from "../statistics/interval.js";
import { deviation, mean } from "../statistics/moments.js";
import { outcomeSums } from "../statistics/outcome-sums.js";

export interface AnalysisOptions {
  /** Of the bootstrap. Default: 4,000, or more where so many comparisons are declared that none could be significant by them. */
  readonly resamples?: number | undefined;
  /** Of the bootstrap. Default: 0. */
  readonly seed?: number | undefined;
  /** Of a verdict's adjusted p. Default: .05. */
  readonly alpha?: number | undefined;
  /** Differences of accuracy below it are the same for all practical purposes. Default: .01. */
  readonly margin?: number | undefined;
  /** What the study was declared to compare. Default: see `declareComparisons`. */
  readonly declared?: readonly DeclaredComparison[] | undefined;
  /** Instead of all that `declareComparisons` says. */
  readonly comparisons?: readonly Comparison[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An arm on a test set. Means are over cells. */
export interface ArmScore {
  readonly arm: string;
  readonly test: string;
  readonly replicates: number;
  readonly accuracy: number;
  /** Of accuracies; NaN of one cell. */
  readonly deviation: number;
  /** Over replicates and test clusters. */
  readonly interval: Interval;
  /** Over the cells that are ok; null where none is. */
  readonly accuracyOk: number | null;
  readonly macroF1: number;
  readonly matthews: number;
  readonly loss: number;
  readonly trainAccuracy: number;
  readonly states: StateCounts;
  readonly aboveChance: boolean;
}

export interface Analysis {
  readonly arms: readonly Arm[];
  readonly tests: readonly TestSet[];
  readonly scores: readonly ArmScore[];
  /** Primary first. */
  readonly comparisons: readonly ComparisonRow[];
  readonly failures: StudyResults["failures"];
  readonly settings: {
    readonly resamples: number;
    readonly seed: number;
    readonly alpha: number;
    readonly margin: number;
  };
}

/**
 * Everything that is said of a study's results. The same results and seed give the same numbers. p values of primary comparisons are
 * adjusted by Holm, those of exploratory ones by Benjamini and Hochberg.
 */
export async function analyse(results: StudyResults, options: AnalysisOptions = {}): Promise<Analysis> {
  const { seed = 0, alpha = 0.05, margin = 0.01 } = options;
  const arms = armsOf(results.results);
  const tests = testsOf(results.results);
  const comparisons = options.comparisons ?? declareComparisons(arms, tests, options.declared);
  const declared = comparisons.filter(({ family }) => family === "primary").length;
  const { resamples = enoughResamples(declared, alpha) } = options;
  const byKey = new Map(arms.map((arm) => [arm.key, arm]));
  const scores: ArmScore[] = [];
  const open: ComparisonRow[] = [];
  for (const { name } of tests) {
    options.signal?.throwIfAborted();
    const { resampled, column } = await resampleTest(results, name, { resamples, seed });
    for (const arm of arms) {
      const cells = arm.cells.get(name) ?? [];
      if (cells.length === 0) continue;
      const units = cells.map((cell) => ({ cells: [column(cell)], against: [] }));
      const drawn = resampleMeans(resampled, units, deriveSeed(seed, "replicates"));
      scores.push(scoreOf(arm.key, name, cells, percentileInterval(drawn)));
    }
    for (const comparison of comparisons.filter(({ test }) => test === name)) {
      const [arm, against] = [byKey.get(comparison.arm), byKey.get(comparison.against)];
      if (arm === undefined || against === undefined) continue;
      const seeds = { seed: deriveSeed(seed, "replicates"), margin };
      const row = compareArms(comparison, arm, against, resampled, column, seeds);
      if (row !== null) open.push(row);
    }
  }
  return {
    arms,
    tests,
    scores,
    comparisons: [...adjust(open, "primary", alpha), ...adjust(open, "exploratory", alpha)],
    failures: results.failures,
    settings: { resamples, seed, alpha, margin },
  };
}

/** The least p of a bootstrap is 2 / (resamples + 1): after Holm's factor it has to lie well below alpha. */
export function enoughResamples(comparisons: number, alpha: number): number {
  return Math.max(4000, Math.ceil((4 * comparisons) / alpha));
}

async function resampleTest(
  study: StudyResults,
  test: string,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
) {
  // Arms may share a cell: it is read once.
  const cells = [...new Set(study.results.filter((result) => result.test === test).map(({ cell }) => cell))];
  const place = new Map(cells.map((cell, i) => [cell, i]));
  const correct: Uint8Array[] = [];
  for (const cell of cells) correct.push((await study.outcomes(cell, test)).correct);
  const sums = outcomeSums(correct, study.clusters.get(test)?.cluster ?? null);
  const resampled = resampleAccuracies(sums, { resamples, seed: deriveSeed(seed, `test ${test}`) });
  return { resampled, column: ({ cell }: CellResult): number => place.get(cell)! };
}

function scoreOf(arm: string, test: string, cells: readonly CellResult[], interval: Interval): ArmScore {
  const average = (of: (cell: CellResult) => number): number => mean(cells.map(of));
  const ok = cells.filter(({ state }) => state === "ok");
  return {
    arm,
    test,
    replicates: cells.length,
    accuracy: average(({ accuracy }) => accuracy),
    deviation: deviation(cells.map(({ accuracy }) => accuracy)),
    interval,
    accuracyOk: ok.length === 0 ? null : mean(ok.map(({ accuracy }) => accuracy)),
    macroF1: average(({ macroF1 }) => macroF1),
    matthews: average(({ matthews }) => matthews),
    loss: average(({ loss }) => loss),
    trainAccuracy: average(({ trainAccuracy }) => trainAccuracy),
    states: countStates(cells),
    aboveChance: aboveChance(cells),
  };
}

function adjust(rows: readonly ComparisonRow[], family: Family, alpha: number): ComparisonRow[] {
  const own = rows.filter((row) => row.family === family);
  const ps = own.map(({ p }) => p);
  const adjusted = family === "primary" ? holm(ps) : benjaminiHochberg(ps);
  return own.map((row, i) => decide(row, adjusted[i] ?? null, alpha));
}
