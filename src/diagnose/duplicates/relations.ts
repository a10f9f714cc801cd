/** How examples relate to a training set: to which of its other examples each is the same, alike, or one inside the other. */

import type { Dataset } from "../../dataset/dataset.js";
import type { NearDuplicates } from "../../dataset/duplicates/find-near-duplicates.js";
import { nearLists, type NearLists } from "./near-lists.js";

/**
 * `exact`: the same text, case and white space aside; `near`: as similar as asked, or the same words; `inside`: its words stand in a row in a longer one;
 * `around`: a shorter one's stand in it. The first that holds is an example's closest.
 */
export const relationKinds = ["exact", "near", "inside", "around"] as const;
export type RelationKind = (typeof relationKinds)[number];

export interface Relation {
  readonly kind: RelationKind;
  /** Jaccard index of the shingles; 1 of exact ones, null of inside and around. */
  readonly similarity: number | null;
  /** Row of the training example: the most similar, the shortest around, the longest inside; of equal ones one with another label, then the first text. */
  readonly other: number;
}

export interface Relations {
  /** The closest relation of each row to another example of the training set; null: none. */
  readonly closest: readonly (Relation | null)[];
  /** For each kind 1 for rows that have such a relation, be it the closest or not. */
  readonly has: Readonly<Record<RelationKind, Uint8Array>>;
  /** 1 for rows with an exact or near duplicate in the training set that has another label. */
  readonly conflicting: Uint8Array;
}

/** What a label says: in multiple choice the text of the right choice, wherever it stands. */
export function labelOf(
  { input, gold, labelNames }: Pick<Dataset, "input" | "gold" | "labelNames">,
  row: number,
): string {
  const label = gold[row] ?? 0;
  return input.kind === "choices" ? (input.choices[row]?.[label] ?? "").trim() : (labelNames[label] ?? "");
}

/** The training set's side of what was found, by content and by wording. */
export interface TrainingSide {
  readonly dataset: Dataset;
  /** Of each content: its first row, its second, its first with another label than the first; -1: none. */
  readonly rows: { readonly first: Int32Array; readonly second: Int32Array; readonly differing: Int32Array };
  /** First row of each wording; -1: none. */
  readonly wordings: Int32Array;
  /** The shortest training wording around each, and the longest inside it, of specific ones; -1: none. */
  readonly around: Int32Array;
  readonly inside: Int32Array;
  /** 1 for training wordings that are inside or around one of another dataset. */
  readonly touching: Uint8Array;
  readonly near: NearLists;
}

/** @param dataset the first of those that were compared */
export async function trainingSide(found: NearDuplicates, dataset: Dataset): Promise<TrainingSide> {
  const { contents, wordings, options } = found;
  const [of, ...others] = contents.of;
  const rows = { first: none(contents.count), second: none(contents.count), differing: none(contents.count) };
  const ofWording = none(wordings.count);
  of!.forEach((content, row) => {
    const first = rows.first[content]!;
    const wording = wordings.of[content]!;
    if (wording >= 0 && ofWording[wording]! < 0) ofWording[wording] = row;
    if (first < 0) return void (rows.first[content] = row);
    if (rows.second[content]! < 0) rows.second[content] = row;
    if (rows.differing[content]! < 0 && labelOf(dataset, first) !== labelOf(dataset, row))
      rows.differing[content] = row;
  });
  const elsewhere = new Uint8Array(wordings.count);
  for (const other of others)
    for (const content of other) if (wordings.of[content]! >= 0) elsewhere[wordings.of[content]!] = 1;
  const [around, inside] = [none(wordings.count), none(wordings.count)];
  const touching = new Uint8Array(wordings.count);
  const specific = Uint8Array.from(wordings.lengths, (length) => Number(length >= options.words));
  await found.inside({ inner: specific, outer: null }, (part, whole) => {
    if (ofWording[whole]! >= 0) {
      if (around[part]! < 0) around[part] = whole;
      if (elsewhere[part] === 1) touching[whole] = 1;
    }
    if (ofWording[part]! >= 0) {
      if (inside[whole]! < 0 || longer(found, part, inside[whole]!)) inside[whole] = part;
      if (elsewhere[whole] === 1) touching[part] = 1;
    }
    return false;
  });
  return { dataset, rows, wordings: ofWording, around, inside, touching, near: nearLists(found) };
}

/**
 * Relates a dataset to the training set.
 *
 * @param own the training set itself: then a row is not related to itself
 */
export function relate(
  found: NearDuplicates,
  side: TrainingSide,
  dataset: Dataset,
  of: Int32Array,
  own: boolean,
): Relations {
  const has = {
    exact: new Uint8Array(dataset.size),
    near: new Uint8Array(dataset.size),
    inside: new Uint8Array(dataset.size),
    around: new Uint8Array(dataset.size),
  };
  const conflicting = new Uint8Array(dataset.size);
  const closest = Array.from(of, (content, row): Relation | null => {
    const label = labelOf(dataset, row);
    const partner = (at: number): number => differing(side, at, label) ?? side.rows.first[at]!;
    const found_: Relation[] = [];
    const add = (kind: RelationKind, similarity: number | null, other: number): void => {
      has[kind][row] = 1;
      found_.push({ kind, similarity, other });
    };
    const twin = exactPartner(side, content, label, own ? row : -1);
    if (twin >= 0) {
      add("exact", 1, twin);
      if (labelOf(side.dataset, twin) !== label) conflicting[row] = 1;
    }
    const near = nearest(found, side, content, label);
    if (near !== null) {
      add("near", near.similarity, partner(near.content));
      if (near.conflict) conflicting[row] = 1;
    }
    const wording = found.wordings.of[content]!;
    if (wording >= 0 && side.around[wording]! >= 0)
      add("inside", null, side.wordings[side.around[wording]!]!);
    if (wording >= 0 && side.inside[wording]! >= 0)
      add("around", null, side.wordings[side.inside[wording]!]!);
    return found_[0] ?? null;
  });
  return { closest, has, conflicting };
}

/** 1 for training rows that are the same as, alike, inside or around an example of another dataset. */
export function leakingRows({ contents, wordings }: NearDuplicates, side: TrainingSide): Uint8Array {
  const elsewhere = new Uint8Array(contents.count);
  for (const of of contents.of.slice(1)) for (const content of of) elsewhere[content] = 1;
  const { starts, others } = side.near;
  return Uint8Array.from(contents.of[0]!, (content) => {
    if (elsewhere[content] === 1) return 1;
    for (let k = starts[content]!; k < starts[content + 1]!; k++) if (elsewhere[others[k]!] === 1) return 1;
    const wording = wordings.of[content]!;
    return wording >= 0 && side.touching[wording] === 1 ? 1 : 0;
  });
}

/** A row of the content with another label than the given; null: there is none. */
function differing({ dataset, rows }: TrainingSide, content: number, label: string): number | null {
  const first = rows.first[content]!;
  if (first < 0) return null;
  if (labelOf(dataset, first) !== label) return first;
  return rows.differing[content]! < 0 ? null : rows.differing[content]!;
}

function exactPartner(side: TrainingSide, content: number, label: string, self: number): number {
  const other = differing(side, content, label);
  if (other !== null) return other;
  const { first, second } = side.rows;
  return first[content] === self ? second[content]! : first[content]!;
}

function nearest(
  found: NearDuplicates,
  side: TrainingSide,
  content: number,
  label: string,
): { content: number; similarity: number; conflict: boolean } | null {
  const { starts, others, similarity } = side.near;
  let best: { content: number; similarity: number; conflict: boolean } | null = null;
  let conflict = false;
  for (let k = starts[content]!; k < starts[content + 1]!; k++) {
    const other = others[k]!;
    if (side.rows.first[other]! < 0) continue;
    const own = {
      content: other,
      similarity: similarity[k]!,
      conflict: differing(side, other, label) !== null,
    };
    conflict ||= own.conflict;
    const better =
      best === null ||
      own.similarity > best.similarity ||
      (own.similarity === best.similarity &&
        (own.conflict === best.conflict ? found.comesBefore(other, best.content) : own.conflict));
    if (better) best = own;
  }
  return best === null ? null : { ...best, conflict };
}

function longer({ wordings, comesBefore }: NearDuplicates, a: number, b: number): boolean {
  const [x, y] = [wordings.lengths[a]!, wordings.lengths[b]!];
  return x > y || (x === y && comesBefore(wordings.content[a]!, wordings.content[b]!));
}

function none(size: number): Int32Array {
  return new Int32Array(size).fill(-1);
}
