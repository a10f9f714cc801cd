/**
 * What is over-represented among some examples of a run, and what under-represented: slices of all kinds are counted inside and outside, tested, and those listed
 * that chance would not give (false-discovery rate, Benjamini and Hochberg 1995, over all that were tested).
 */

import { UserError } from "../../core/errors.js";
import { readMap } from "../../map/read-map.js";
import { openRun } from "../../run/reader.js";
import { benjaminiHochberg } from "../../study/statistics/adjust.js";
import { effectOf, type Effect } from "./association.js";
import { chosenRows, type ChosenRows, type ExampleChoice } from "./chosen-rows.js";
import { associationP, momentsOf } from "./exact-test.js";
import { runSlices, type SliceOptions, type SlicesOfRun } from "./run-slices.js";
import type { Slice } from "./slice.js";
import { sliceKinds, type SliceKind } from "./slice-kinds.js";
import { comparedRows, Tally, type ComparedRows, type StratumTable } from "./strata.js";
import { sayTheSame } from "./thin.js";

export interface FindSlicesOptions extends SliceOptions {
  /** The examples that are asked about. */
  readonly of: ExampleChoice;
  /** What they are compared with; those asked about never count there. Default: all others. */
  readonly against?: ExampleChoice | undefined;
  /** Compares within each label (Mantel and Haenszel), so that nothing is found only because its label is. Default: false. */
  readonly withinLabels?: boolean | undefined;
  /** Expected share of chance finds among all that are found, in (0, 1]. Default: 0.05. */
  readonly falseDiscoveryRate?: number | undefined;
  /**
   * What is found first: `ratio`, by the end of the ratio's interval that is nearer to 1; `difference` of the shares; `p`, the smallest. Default: ratio.
   */
  readonly sort?: SliceOrder | undefined;
}

export const sliceOrders = ["ratio", "difference", "p"] as const;
export type SliceOrder = (typeof sliceOrders)[number];

export interface FoundSlice extends Effect {
  readonly kind: SliceKind;
  /** The column that it is about; null where it is about the label or the whole example. */
  readonly field: string | null;
  readonly value: string;
  /** Over-represented inside, or under-represented. */
  readonly over: boolean;
  /** Examples with it. */
  readonly inside: number;
  readonly outside: number;
  readonly shareInside: number;
  readonly shareOutside: number;
  /** Share outside if labels were mixed there as inside; shareOutside where they are not compared within labels. */
  readonly shareExpected: number;
  /** Two-sided, at least 1e-30. */
  readonly p: number;
  /** p adjusted: the false-discovery rate at which it is still found. */
  readonly q: number;
  /** Of words: the listed n-gram that says the same; null where it is listed itself. */
  readonly saidBy: string | null;
  /** Ids of the first three inside that have it. */
  readonly examples: readonly string[];
}

export interface SlicesFound {
  readonly folder: string;
  readonly dataset: string;
  readonly size: number;
  /** What is asked about, and how many they are. */
  readonly of: { readonly name: string; readonly size: number };
  readonly against: { readonly name: string; readonly size: number };
  readonly withinLabels: boolean;
  readonly falseDiscoveryRate: number;
  readonly minSupport: number;
  /** Columns whose words were counted. */
  readonly texts: readonly string[];
  /** How many slices of each kind were tested. */
  readonly tested: Readonly<Partial<Record<SliceKind, number>>>;
  /** What a reader must know, a sentence each. */
  readonly notes: readonly string[];
  /** Over-represented ones first, each part as it was sorted. */
  readonly found: readonly FoundSlice[];
}

/** A slice that may yet be found. */
interface Candidate {
  readonly slice: Omit<Slice, "rows">;
  readonly counts: ReadonlyMap<number, StratumTable>;
  readonly over: boolean;
  readonly examples: readonly string[];
  /** Place among all p values. */
  readonly test: number;
}

/** @throws UserError where the run has no map, nobody is meant or all are, and for options out of range */
export async function findSlices(folder: string, options: FindSlicesOptions): Promise<SlicesFound> {
  const { of, against, withinLabels = false, falseDiscoveryRate = 0.05, sort = "ratio" } = options;
  if (!(falseDiscoveryRate > 0 && falseDiscoveryRate <= 1)) {
    throw new UserError({
      subject: "--fdr",
      problem: "out of range",
      value: falseDiscoveryRate,
      remedy: "give a share above 0, at most 1",
    });
  }
  const run = await openRun(folder);
  const map = await readMap(folder);
  const idColumn = run.manifest.dataset.roles["id"];
  const place = { folder, idColumn: typeof idColumn === "string" ? idColumn : undefined };
  const inside = await chosenRows(map, of, place);
  const outside = against === undefined ? null : await chosenRows(map, against, place);
  const side = sides(inside, outside, folder);
  const made = await runSlices(run, map, side, options);
  const compared = comparedRows(side, ...strataOf(made, withinLabels, folder));
  const sum = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);
  const sizes = { inside: sum(compared.inside), outside: sum(compared.outside) };
  try {
    const { ps, candidates, tested } = await test(made, compared, map.ids, falseDiscoveryRate, withinLabels);
    const qs = benjaminiHochberg(ps);
    const kept = candidates.filter((one) => qs[one.test]! <= falseDiscoveryRate);
    const saidBy = thinned(kept);
    return {
      folder,
      dataset: run.manifest.dataset.name,
      size: map.size,
      of: { name: inside.name, size: sizes.inside },
      against: { name: outside?.name ?? "all others", size: sizes.outside },
      withinLabels,
      falseDiscoveryRate,
      minSupport: made.minSupport,
      texts: made.texts,
      tested,
      notes: [...unknown(inside), ...(outside === null ? [] : unknown(outside)), ...made.notes],
      found: kept
        .map((one, i) => found(one, compared, sizes, ps[one.test]!, qs[one.test]!, saidBy[i]!))
        .sort(order(sort)),
    };
  } finally {
    made.close();
  }
}

function sides(inside: ChosenRows, outside: ChosenRows | null, folder: string): Uint8Array {
  const side = inside.member.map((meant, row) =>
    meant === 1 ? 1 : outside === null || outside.member[row] === 1 ? 0 : 255,
  );
  if (side.includes(0)) return side;
  throw new UserError({
    subject: folder,
    problem: `nothing is left to compare ${inside.name} with`,
    value: outside?.name,
    remedy: "ask about fewer examples",
  });
}

function strataOf(
  { gold, labelNames, choices }: SlicesOfRun,
  withinLabels: boolean,
  folder: string,
): [stratum: Int32Array, strata: number] {
  if (!withinLabels) return [new Int32Array(gold.length), 1];
  if (choices || gold.some((label) => label < 0)) {
    throw new UserError({
      subject: "--within-labels",
      problem: choices ? "needs labels that are classes: this is multiple choice" : "needs labels",
      value: folder,
      remedy: choices
        ? "leave it out"
        : "import the run with --data, the labelled file that it was trained on",
    });
  }
  return [gold, labelNames.length];
}

async function test(
  made: SlicesOfRun,
  compared: ComparedRows,
  ids: readonly string[],
  most: number,
  withinLabels: boolean,
): Promise<{ ps: number[]; candidates: Candidate[]; tested: Partial<Record<SliceKind, number>> }> {
  const tally = new Tally(compared);
  const ps: number[] = [];
  const candidates: Candidate[] = [];
  const tested: Partial<Record<SliceKind, number>> = {};
  for await (const { rows, ...slice } of made.slices()) {
    // Within labels nothing can be said of them.
    if (withinLabels && slice.kind === "label") continue;
    const counts = tally.count(rows);
    const tables = [...counts.values()];
    const p = associationP(tables);
    tested[slice.kind] = (tested[slice.kind] ?? 0) + 1;
    // An adjusted p is never below p: what is above is only counted.
    if (p <= most) {
      const { seen, expected } = momentsOf(tables);
      const examples = firstInside(rows, compared.side).map((row) => ids[row]!);
      candidates.push({ slice, counts, over: seen > expected, examples, test: ps.length });
    }
    ps.push(p);
  }
  const order = sliceKinds.filter((kind) => tested[kind] !== undefined);
  return { ps, candidates, tested: Object.fromEntries(order.map((kind) => [kind, tested[kind]!])) };
}

function firstInside(rows: Int32Array, side: Uint8Array): number[] {
  const first: number[] = [];
  for (let i = 0; i < rows.length && first.length < 3; i++) if (side[rows[i]!] === 1) first.push(rows[i]!);
  return first;
}

/** Of each candidate the n-gram that says the same, text by text; null where none does. */
function thinned(candidates: readonly Candidate[]): (string | null)[] {
  const saidBy = new Array<string | null>(candidates.length).fill(null);
  const fields = new Map<string | null, number[]>();
  candidates.forEach(({ slice }, i) => {
    if (slice.kind === "words") fields.set(slice.field, [...(fields.get(slice.field) ?? []), i]);
  });
  for (const places of fields.values()) {
    const phrases = places.map((i) => {
      const { slice, over, counts } = candidates[i]!;
      return { value: slice.value, over, counts };
    });
    sayTheSame(phrases).forEach((by, at) => {
      if (by !== null) saidBy[places[at]!] = phrases[by]!.value;
    });
  }
  return saidBy;
}

function found(
  { slice, counts, over, examples }: Candidate,
  compared: ComparedRows,
  sizes: { readonly inside: number; readonly outside: number },
  p: number,
  q: number,
  saidBy: string | null,
): FoundSlice {
  const tables = [...counts.values()];
  const a = tables.reduce((sum, table) => sum + table.a, 0);
  const c = tables.reduce((sum, table) => sum + table.c, 0);
  return {
    ...slice,
    over,
    inside: a,
    outside: c,
    shareInside: a / sizes.inside,
    shareOutside: c / sizes.outside,
    shareExpected: expectedShare(counts, compared),
    ...effectOf(tables),
    p,
    q,
    saidBy,
    examples,
  };
}

/** Strata that have nobody outside are left out: nothing is known of them. */
function expectedShare(counts: ReadonlyMap<number, StratumTable>, { inside, outside }: ComparedRows): number {
  let [expected, of] = [0, 0];
  inside.forEach((size, stratum) => {
    if (outside[stratum] === 0) return;
    of += size;
    expected += (size * (counts.get(stratum)?.c ?? 0)) / outside[stratum]!;
  });
  return of === 0 ? 0 : expected / of;
}

function order(sort: SliceOrder): (a: FoundSlice, b: FoundSlice) => number {
  const rank = {
    ratio: ({ over, ratioInterval: { low, high } }: FoundSlice) => (over ? -low : high),
    difference: ({ shareInside, shareExpected }: FoundSlice) => -Math.abs(shareInside - shareExpected),
    p: ({ p }: FoundSlice) => p,
  }[sort];
  const name = ({ kind, field, value }: FoundSlice): string => [kind, field, value].join("\u0000");
  return (a, b) => Number(b.over) - Number(a.over) || rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1);
}

function unknown({ name, unknownIds }: ChosenRows): string[] {
  return unknownIds === 0 ? [] : [`${name}: ${unknownIds} of its ids are none of this run's`];
}
