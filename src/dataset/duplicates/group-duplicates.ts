/**
 * From near duplicates to groups that folds can keep whole. What is alike or worded the same is joined. A text that stands inside others joins all of them
 * where it is specific, `words` words or more; a shorter one ("the film") would tie together what has nothing else in common, and joins only the shortest text
 * that it stands in. Pairs of the same first text are joined: one premise.
 */

import type { Dataset } from "../dataset.js";
import { regroup } from "../relabel.js";
import { findNearDuplicates, type NearDuplicates } from "./find-near-duplicates.js";
import type { NearDuplicateOptions } from "./options.js";
import { UnionFind } from "./union-find.js";

/**
 * The same examples in groups of near duplicates, in place of the groups that they had. Shares the dataset's source, as `regroup` does.
 *
 * @param signal stops it: then it throws `Stopped`
 * @throws UserError where the dataset is of features, or an option is out of range
 */
export async function groupDuplicates(
  dataset: Dataset,
  options: NearDuplicateOptions = {},
  signal?: AbortSignal,
): Promise<Dataset> {
  return regroup(dataset, await duplicateGroups(dataset, options, signal));
}

/**
 * The group of each example: the id of one of its members, the first in the order of code units. null: it has no near duplicate.
 *
 * @param signal stops it: then it throws `Stopped`
 * @throws UserError where the dataset is of features, or an option is out of range
 */
export async function duplicateGroups(
  dataset: Pick<Dataset, "ids" | "input" | "size" | "name">,
  options: NearDuplicateOptions = {},
  signal?: AbortSignal,
): Promise<(string | null)[]> {
  const found = await findNearDuplicates(dataset as Dataset, options, signal);
  return groupNames(found.contents.of[0]!, await joinContents(found), dataset.ids);
}

/** The set of each content: one of its members. @param among 1 for the contents that play a part; the others stay alone. Default: all */
export async function joinContents(
  { contents, near, wordings, options, inside }: NearDuplicates,
  among: Uint8Array | null = null,
): Promise<Int32Array> {
  const sets = new UnionFind(contents.count);
  const takes = (content: number): boolean => among === null || among[content] === 1;
  const join = (a: number, b: number): void => {
    if (takes(a) && takes(b)) sets.join(a, b);
  };
  for (let k = 0; k < near.a.length; k++) join(near.a[k]!, near.b[k]!);
  // One content that takes part, for each wording.
  const speakers = new Int32Array(wordings.count).fill(-1);
  const present = among === null ? null : new Uint8Array(wordings.count);
  wordings.of.forEach((wording, content) => {
    if (wording < 0 || !takes(content)) return;
    if (present !== null) present[wording] = 1;
    if (speakers[wording]! < 0) speakers[wording] = content;
    else join(speakers[wording]!, content);
  });
  await inside({ inner: present, outer: present }, (part, whole) => {
    join(speakers[part]!, speakers[whole]!);
    return wordings.lengths[part]! < options.words;
  });
  if (contents.kind === "pair") {
    const first = new Map<string, number>();
    contents.sides.forEach(([text = ""], content) => {
      if (!takes(content)) return;
      const earlier = first.get(text);
      if (earlier === undefined) first.set(text, content);
      else join(earlier, content);
    });
  }
  return sets.roots();
}

/** @param of content of each row @param sets set of each content */
export function groupNames(of: Int32Array, sets: Int32Array, ids: readonly string[]): (string | null)[] {
  const members = new Map<number, number>();
  const names = new Map<number, string>();
  of.forEach((content, row) => {
    const set = sets[content]!;
    const id = ids[row]!;
    members.set(set, (members.get(set) ?? 0) + 1);
    const name = names.get(set);
    if (name === undefined || id < name) names.set(set, id);
  });
  return Array.from(of, (content) => (members.get(sets[content]!)! > 1 ? names.get(sets[content]!)! : null));
}
