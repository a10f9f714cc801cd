/** The duplicates of a dataset, and what it shares with test sets: counted, listed, and in groups. */

import type { Dataset } from "../../dataset/dataset.js";
import { findNearDuplicates, type NearDuplicates } from "../../dataset/duplicates/find-near-duplicates.js";
import { groupNames, joinContents } from "../../dataset/duplicates/group-duplicates.js";
import type { NearDuplicateOptions } from "../../dataset/duplicates/options.js";
import {
  labelOf,
  leakingRows,
  relate,
  relationKinds,
  trainingSide,
  type RelationKind,
  type Relations,
} from "./relations.js";

/** One example in a list. */
export interface ListedExample {
  readonly id: string;
  readonly label: string;
  /** Its texts: one, both of a pair, or the text and its choices. */
  readonly texts: readonly string[];
}

export interface DuplicateConflict {
  readonly similarity: number;
  readonly examples: readonly [ListedExample, ListedExample];
}

export interface DuplicateCluster {
  /** As `groups` names it. */
  readonly group: string;
  readonly size: number;
  /** How many of its examples have each label, the commonest first. */
  readonly labels: Readonly<Record<string, number>>;
  /** Some of its examples. */
  readonly examples: readonly ListedExample[];
}

export interface LeakSummary {
  readonly name: string;
  readonly size: number;
  /** Examples of this test set whose relation to the training set is of a kind; an example may have several. */
  readonly kinds: Readonly<Record<RelationKind, number>>;
  /** Examples with any of them. */
  readonly any: number;
  /** Examples with an exact or near duplicate in the training set that has another label. */
  readonly conflicting: number;
}

export interface DuplicateReport {
  readonly name: string;
  readonly size: number;
  readonly options: NearDuplicates["options"];
  /** Examples whose text stands in an earlier row. */
  readonly repeated: number;
  /** Examples with a relation of a kind to another example. */
  readonly kinds: Readonly<Record<RelationKind, number>>;
  /** Examples with an exact or near duplicate that has another label; of these, with an exact one. */
  readonly conflicting: number;
  readonly conflictingExact: number;
  /** Examples in groups, groups, and the size of the largest. */
  readonly groups: { readonly examples: number; readonly count: number; readonly largest: number };
  readonly leaks: readonly LeakSummary[];
  /** Training examples that are the same as, alike, inside or around one of a test set. */
  readonly leaking: number;
  /** Contents of templates so full that not each pair of them was compared. */
  readonly crowded: number;
  /** The most similar pairs of different labels. */
  readonly conflicts: readonly DuplicateConflict[];
  /** The largest groups. */
  readonly clusters: readonly DuplicateCluster[];
}

export interface InspectedDuplicates {
  readonly report: DuplicateReport;
  readonly found: NearDuplicates;
  readonly dataset: Dataset;
  readonly tests: readonly Dataset[];
  /** Of the training set's rows, and of each test set's. */
  readonly relations: { readonly train: Relations; readonly tests: readonly Relations[] };
  /** The group of each row of the training set, as `duplicateGroups` gives it. */
  readonly groups: readonly (string | null)[];
  /** 1 for training rows that are the same as, alike, inside or around one of a test set. */
  readonly leaking: Uint8Array;
}

export interface InspectOptions extends NearDuplicateOptions {
  /** Test sets that the dataset is compared with. Default: none. */
  readonly against?: readonly Dataset[] | undefined;
  /** How many conflicts and clusters are listed. Default: 5. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws UserError where a dataset is of features, they differ in their kind of input, or an option is out of range */
export async function inspectDuplicates(
  dataset: Dataset,
  options: InspectOptions = {},
): Promise<InspectedDuplicates> {
  const { against: tests = [], limit = 5, signal, ...near } = options;
  const found = await findNearDuplicates([dataset, ...tests], near, signal);
  const of = found.contents.of;
  const side = await trainingSide(found, dataset);
  const train = relate(found, side, dataset, of[0]!, true);
  const related = tests.map((test, at) => relate(found, side, test, of[at + 1]!, false));
  const inTrain = new Uint8Array(found.contents.count);
  for (const content of of[0]!) inTrain[content] = 1;
  const groups = groupNames(of[0]!, await joinContents(found, inTrain), dataset.ids);
  const members = membersOf(groups);
  const leaking = leakingRows(found, side);
  const exactConflicts = train.closest.filter(
    (relation, row) =>
      relation?.kind === "exact" && labelOf(dataset, relation.other) !== labelOf(dataset, row),
  );
  const report: DuplicateReport = {
    name: dataset.name,
    size: dataset.size,
    options: found.options,
    repeated: dataset.size - inTrain.reduce((sum, one) => sum + one, 0),
    kinds: counts(train.has),
    conflicting: total(train.conflicting),
    conflictingExact: exactConflicts.length,
    groups: {
      examples: groups.filter((group) => group !== null).length,
      count: members.length,
      largest: members[0]?.[1].length ?? 0,
    },
    leaks: related.map(({ has, conflicting, closest }, at) => ({
      name: tests[at]!.name,
      size: tests[at]!.size,
      kinds: counts(has),
      any: closest.filter((relation) => relation !== null).length,
      conflicting: total(conflicting),
    })),
    leaking: tests.length === 0 ? 0 : total(leaking),
    crowded: found.near.crowded,
    conflicts: conflicts(dataset, of[0]!, train, limit),
    clusters: members.slice(0, limit).map(([group, rows]) => cluster(dataset, group, rows)),
  };
  return { report, found, dataset, tests, relations: { train, tests: related }, groups, leaking };
}

/** The texts of an example as they were read. */
export function textsOf({ input }: Dataset, row: number): string[] {
  switch (input.kind) {
    case "text":
      return [input.text[row] ?? ""];
    case "pair":
      return [input.text[row] ?? "", input.pair[row] ?? ""];
    case "choices":
      return [input.text[row] ?? "", ...(input.choices[row] ?? [])];
    case "features":
      return [];
  }
}

function listed(dataset: Dataset, row: number): ListedExample {
  return { id: dataset.ids[row]!, label: labelOf(dataset, row), texts: textsOf(dataset, row) };
}

/** Rows of each group, the largest group first; of equal ones by name. */
function membersOf(groups: readonly (string | null)[]): [string, number[]][] {
  const members = new Map<string, number[]>();
  groups.forEach((group, row) => {
    if (group === null) return;
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [row]);
    else rows.push(row);
  });
  return [...members].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

function cluster(dataset: Dataset, group: string, rows: readonly number[]): DuplicateCluster {
  const labels = new Map<string, number>();
  for (const row of rows) labels.set(labelOf(dataset, row), (labels.get(labelOf(dataset, row)) ?? 0) + 1);
  const length = (row: number): number => textsOf(dataset, row).join(" ").length;
  const byLength = [...rows].sort(
    (a, b) => length(b) - length(a) || (dataset.ids[a]! < dataset.ids[b]! ? -1 : 1),
  );
  return {
    group,
    size: rows.length,
    labels: Object.fromEntries([...labels].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    examples: byLength.slice(0, 3).map((row) => listed(dataset, row)),
  };
}

/** Pairs of the closest whose labels differ, of each two contents one; the most similar first, then by their texts. */
function conflicts(
  dataset: Dataset,
  of: Int32Array,
  { closest }: Relations,
  limit: number,
): DuplicateConflict[] {
  const pairs = new Map<string, { similarity: number; rows: [number, number]; text: string }>();
  closest.forEach((relation, row) => {
    if (relation?.similarity == null) return;
    const { other, similarity } = relation;
    if (labelOf(dataset, row) === labelOf(dataset, other)) return;
    const rows: [number, number] = row < other ? [row, other] : [other, row];
    const key = [of[row]!, of[other]!].sort((a, b) => a - b).join(" ");
    if (!pairs.has(key)) pairs.set(key, { similarity, rows, text: textsOf(dataset, rows[0]).join(" ") });
  });
  return [...pairs.values()]
    .sort((a, b) => b.similarity - a.similarity || (a.text < b.text ? -1 : 1))
    .slice(0, limit)
    .map(({ similarity, rows: [a, b] }) => ({
      similarity,
      examples: [listed(dataset, a), listed(dataset, b)],
    }));
}

function counts(has: Relations["has"]): Record<RelationKind, number> {
  return Object.fromEntries(relationKinds.map((kind) => [kind, total(has[kind])])) as Record<
    RelationKind,
    number
  >;
}

function total(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}
