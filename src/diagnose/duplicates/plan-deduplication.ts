/** Which examples a dataset can do without: as plain data, each with its reason. */

import { UnionFind } from "../../dataset/duplicates/union-find.js";
import type { Change } from "../clean/plan-cleaning.js";
import type { InspectedDuplicates } from "./inspect-duplicates.js";
import { labelOf } from "./relations.js";

/**
 * `leaks`: all that a test set has too; `conflicts`: all with an exact or near duplicate of another label; `exact`, `near`: of each text, or of each set of near
 * duplicates, all but one (of the commonest label the first); `inside`: all that stand inside another example.
 */
export const dropKinds = ["leaks", "conflicts", "exact", "near", "inside"] as const;
export type DropKind = (typeof dropKinds)[number];

/** @returns one change a row that is left out, in the order of the rows */
export function planDeduplication(inspected: InspectedDuplicates, kinds: readonly DropKind[]): Change[] {
  const { dataset, relations, leaking, found } = inspected;
  const { has, conflicting, closest } = relations.train;
  const of = found.contents.of[0]!;
  const why = new Map<number, string>();
  const drop = (row: number, reason: string): void => {
    if (!why.has(row)) why.set(row, reason);
  };
  const takes = (kind: DropKind): boolean => kinds.includes(kind);
  for (let row = 0; row < dataset.size; row++) {
    if (takes("leaks") && leaking[row] === 1) drop(row, "a test set has it too");
    if (takes("conflicts") && conflicting[row] === 1) drop(row, "a duplicate has another label");
    if (takes("inside") && has.inside[row] === 1) {
      const relation = closest[row] ?? null;
      drop(
        row,
        `stands inside ${relation?.kind === "inside" ? dataset.ids[relation.other] : "another example"}`,
      );
    }
  }
  if (takes("exact")) keepOne(inspected, of, why, "the same text as");
  if (takes("near")) {
    const sets = new UnionFind(found.contents.count);
    const inTrain = new Uint8Array(found.contents.count);
    for (const content of of) inTrain[content] = 1;
    const { a, b } = found.near;
    for (let k = 0; k < a.length; k++)
      if (inTrain[a[k]!] === 1 && inTrain[b[k]!] === 1) sets.join(a[k]!, b[k]!);
    const roots = sets.roots();
    keepOne(
      inspected,
      of.map((content) => roots[content]!),
      why,
      "a near duplicate of",
    );
  }
  return [...why.keys()]
    .sort((a, b) => a - b)
    .map((row) => ({
      id: dataset.ids[row]!,
      from: dataset.labelNames[dataset.gold[row]!]!,
      to: null,
      why: why.get(row)!,
    }));
}

/** Of the rows that are left in each set one stays: the first of the commonest label. */
function keepOne(
  { dataset }: InspectedDuplicates,
  sets: Int32Array,
  why: Map<number, string>,
  words: string,
): void {
  const members = new Map<number, number[]>();
  sets.forEach((set, row) => {
    if (why.has(row)) return;
    const rows = members.get(set);
    if (rows === undefined) members.set(set, [row]);
    else rows.push(row);
  });
  for (const rows of members.values()) {
    if (rows.length === 1) continue;
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(labelOf(dataset, row), (counts.get(labelOf(dataset, row)) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const kept = rows.find((row) => counts.get(labelOf(dataset, row)) === most)!;
    for (const row of rows) if (row !== kept) why.set(row, `${words} ${dataset.ids[kept]}`);
  }
}
