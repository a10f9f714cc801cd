/**
 * Takes a part of a run's examples. A strategy says which are the best; all else is said here once for every strategy: how
 * many, which may be taken at all, equals, balance, mixes.
 *
 * First what is to be taken is planned as plain data (parts, and where labels are balanced how many of each label from each
 * part), then each part takes from what the parts before it have left.
 */

import { quiet, type Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { deriveSeed } from "../core/random.js";
import { balancedCounts, interleave } from "./balance.js";
import { findCandidates } from "./candidates.js";
import { checkRecipe } from "./check-recipe.js";
import { clusterExamples } from "./clusters.js";
import { atLeastPerLabel } from "./min-per-label.js";
import { partsByLabel, planParts, type Part } from "./mix.js";
import { quota } from "./quota.js";
import type { Recipe, StrategyChoice } from "./recipe.js";
import { findStrategy } from "./registry.js";
import type { LabelCount, Selection, Shortfall, Tie } from "./selection.js";
import type { SelectionSource } from "./source.js";
import { splitByLabel } from "./split-by-label.js";
import type { Chooser } from "./strategy.js";
import { findSuspects } from "./suspects.js";
import { takerOf, type Taker } from "./taker.js";
import { hashOrder, type CutTie } from "./ties.js";

export interface SelectOptions {
  /** Results do not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: says nothing. */
  readonly effects?: Effects | undefined;
}

/**
 * Selects examples by a recipe. The same recipe takes the same examples on every machine and in every order of the rows.
 *
 * @throws UserError where the recipe contradicts itself, asks for more than there is, or for what the source lacks
 */
export async function select(
  source: SelectionSource,
  given: Recipe,
  { threads, signal, effects = quiet }: SelectOptions = {},
): Promise<Selection> {
  const recipe = checkRecipe(given);
  const { seed = 0, balance, minPerLabel, mix = [] } = recipe;
  const asked = quota(recipe, source.size);
  if (recipe.diverse !== undefined && recipe.diverse > source.size) {
    throw new UserError({
      subject: "--diverse",
      problem: `more clusters than the ${source.size} examples of ${source.name}`,
      value: recipe.diverse,
      remedy: "give fewer",
    });
  }
  if (balance !== undefined || minPerLabel !== undefined)
    checkLabels(source, balance ? "--balance" : "--min-per-label");
  const suspects = await findSuspects(source, recipe.withoutSuspects ?? 0, seed);
  const found = await findCandidates(source, recipe.within, recipe.exclude, suspects);
  const candidates = hashOrder(source.ids, found.rows, seed);
  const clusters =
    recipe.diverse === undefined
      ? null
      : await clusterExamples(source, recipe.diverse, deriveSeed(seed, "diverse") >>> 0, signal);

  const start = async (choice: StrategyChoice, base: boolean): Promise<Started> => {
    signal?.throwIfAborted();
    const strategy = findStrategy(choice.by);
    const chooser = await strategy.start({
      source,
      options: choice.options,
      seed: deriveSeed(seed, `strategy ${choice.by}`) >>> 0,
      threads,
      signal,
      effects,
    });
    // Direction, ends and spread are the base's: a part of the mix takes from the beginning of its own ranking.
    const manner = base
      ? { reverse: recipe.reverse ?? false, bothEnds: recipe.bothEnds ?? null, clusters }
      : { reverse: false, bothEnds: null, clusters: null };
    return { choice, chooser, taker: takerOf(choice.by, chooser, manner) };
  };

  const base = await start(recipe, true);
  const capacity = base.taker.capacity(candidates);
  const labels =
    balance === undefined ? null : balancedCounts(labelCapacities(source, base.taker, candidates), asked);
  const n = labels === null ? asked : labels.reduce((sum, one) => sum + one, 0);
  const parts = planParts(recipe, mix, n);
  const byLabel = labels === null ? null : partsByLabel(parts, labels);

  const taken = new Set<number>();
  const ties: Tie[] = [];
  const takenParts: Int32Array[] = [];
  for (const [index, part] of parts.entries()) {
    const started = part.option === "--by" ? base : await start(part.choice, false);
    const left = taken.size === 0 ? candidates : candidates.filter((row) => !taken.has(row));
    const counts = byLabel?.[index];
    const rows =
      counts === undefined
        ? await takeFrom(started, part, left, part.count, null, source, ties)
        : interleave(await takeLabels(started, part, left, counts, source, ties));
    for (const row of rows) taken.add(row);
    takenParts.push(rows);
  }
  const apart = once(() => splitByLabel(candidates, source.gold, source.labelNames.length));
  const least = minPerLabel === undefined ? null : leastOfEach(source, base.taker, candidates, minPerLabel);
  const rows =
    least === null
      ? Int32Array.from(takenParts.flatMap((part) => [...part]))
      : await atLeastPerLabel(takenParts, source.gold, least, async (label, all, count) => {
          const left = (apart()[label] ?? candidates).filter((row) => !all.has(row));
          return (await base.taker.take(left, Math.min(count, base.taker.capacity(left)))).rows;
        });
  const counts = labelCounts(source, candidates, rows);
  return {
    rows,
    recipe,
    notes: {
      size: source.size,
      candidates: candidates.length,
      asked,
      excluded: found.excluded,
      unknownIds: found.unknownIds,
      unranked: candidates.length - capacity,
      parts: parts.map(({ choice, count }) => ({ by: choice.by, count })),
      ties,
      labels: counts,
      shortfalls: shortfalls(
        counts,
        minPerLabel ?? (labels === null ? 0 : Math.floor(asked / labelsIn(counts))),
      ),
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

interface Started {
  readonly choice: StrategyChoice;
  readonly chooser: Chooser;
  readonly taker: Taker;
}

function checkLabels(source: SelectionSource, option: string): void {
  if (!source.choices && source.labelNames.length > 0) return;
  throw new UserError({
    subject: option,
    problem: source.choices
      ? "goes with labels that are classes: this is multiple choice"
      : `the labels of ${source.name} are not known`,
    remedy: source.choices ? `leave ${option} out` : "import the run with --data",
  });
}

async function takeFrom(
  { choice, chooser, taker }: Started,
  part: Part,
  from: Int32Array,
  count: number,
  label: string | null,
  source: SelectionSource,
  ties: Tie[],
): Promise<Int32Array> {
  const there = taker.capacity(from);
  if (there < count) {
    const of = label === null ? "" : ` of the label ${JSON.stringify(label)}`;
    throw new UserError({
      subject: `${part.option} ${choice.by}`,
      problem: `asks for ${count} examples${of}, ${there} ${there === 1 ? "is" : "are"} left to take`,
      remedy: `of the ${source.size} examples of ${source.name} take fewer, exclude less, or widen the regions`,
    });
  }
  const taken = await taker.take(from, count);
  for (const tie of taken.ties) ties.push(describeTie(choice.by, chooser, tie, label));
  return taken.rows;
}

async function takeLabels(
  started: Started,
  part: Part,
  from: Int32Array,
  counts: Int32Array,
  source: SelectionSource,
  ties: Tie[],
): Promise<Int32Array[]> {
  const { takeByLabel } = started.taker;
  if (takeByLabel !== null) {
    return splitByLabel(await takeByLabel(from, counts), source.gold, counts.length);
  }
  const apart = splitByLabel(from, source.gold, counts.length);
  const lists: Int32Array[] = [];
  for (const [label, count] of counts.entries()) {
    if (count === 0) continue;
    const own = apart[label] ?? new Int32Array(0);
    lists.push(await takeFrom(started, part, own, count, source.labelNames[label] ?? "", source, ties));
  }
  return lists;
}

function describeTie(
  by: string,
  chooser: Chooser,
  { score, sharing, taken }: CutTie,
  label: string | null,
): Tie {
  const of = chooser.kind === "ranking" ? chooser.of : undefined;
  // Plus zero: a value of 0 whose sign was turned is 0.
  return {
    by,
    coordinate: of?.coordinate ?? null,
    value: score * (of?.sign ?? 1) + 0,
    label,
    sharing,
    taken,
  };
}

/** How many of each label the base can take. */
function labelCapacities(source: SelectionSource, taker: Taker, candidates: Int32Array): Int32Array {
  const { gold, labelNames } = source;
  return Int32Array.from(splitByLabel(candidates, gold, labelNames.length), (own) => taker.capacity(own));
}

function leastOfEach(
  source: SelectionSource,
  taker: Taker,
  candidates: Int32Array,
  least: number,
): Int32Array {
  return labelCapacities(source, taker, candidates).map((there) => Math.min(there, least));
}

function labelCounts(
  { gold, labelNames }: SelectionSource,
  candidates: Int32Array,
  rows: Int32Array,
): LabelCount[] {
  const count = (among: Iterable<number>): Int32Array => {
    const counts = new Int32Array(labelNames.length);
    for (const label of among) if (label >= 0) counts[label]! += 1;
    return counts;
  };
  const of = (some: Int32Array): Int32Array => count(some.map((row) => gold[row] as number));
  const [all, could, taken] = [count(gold), of(candidates), of(rows)];
  return labelNames.map((label, k) => ({
    label,
    all: all[k] as number,
    candidates: could[k] as number,
    taken: taken[k] as number,
  }));
}

function labelsIn(counts: readonly LabelCount[]): number {
  return counts.filter(({ candidates }) => candidates > 0).length;
}

function shortfalls(counts: readonly LabelCount[], wanted: number): Shortfall[] {
  if (wanted === 0) return [];
  return counts
    .filter(({ taken, all }) => all > 0 && taken < wanted)
    .map(({ label, taken }) => ({ label, wanted, taken }));
}
