/** At least so many of each label: what lacks is added, and the last-taken of the labels that have more make room. */

import { UserError } from "../core/errors.js";

/** Rows to add of a label, at most so many, best first. */
export type MoreOf = (label: number, taken: ReadonlySet<number>, count: number) => Promise<Int32Array>;

/**
 * @param parts rows taken, part by part; room is made at the end of the first part first
 * @param gold each row's label
 * @param wanted of each label: the minimum, or all that there are where they are fewer
 * @returns as many rows as were given
 * @throws UserError where the minimum of all labels together exceeds the number of rows
 */
export async function atLeastPerLabel(
  parts: readonly Int32Array[],
  gold: Int32Array,
  wanted: Int32Array,
  moreOf: MoreOf,
): Promise<Int32Array> {
  const rows = parts.flatMap((part) => [...part]);
  const least = wanted.reduce((sum, one) => sum + one, 0);
  if (least > rows.length) {
    throw new UserError({
      subject: "--min-per-label",
      problem: `needs ${least} examples, ${rows.length} are to be taken`,
      remedy: "lower it, or take more",
    });
  }
  const counts = new Int32Array(wanted.length);
  for (const row of rows) if ((gold[row] as number) >= 0) counts[gold[row] as number]! += 1;
  const taken = new Set(rows);
  const added: number[] = [];
  for (let label = 0; label < wanted.length; label++) {
    const lack = (wanted[label] as number) - (counts[label] as number);
    if (lack <= 0) continue;
    for (const row of await moreOf(label, taken, lack)) added.push(row);
  }
  const dropped = new Set<number>();
  for (const row of parts.flatMap((part) => [...part].reverse())) {
    if (dropped.size === added.length) break;
    const label = gold[row] as number;
    if (label >= 0 && (counts[label] as number) <= (wanted[label] as number)) continue;
    if (label >= 0) counts[label]! -= 1;
    dropped.add(row);
  }
  return Int32Array.from([...rows.filter((row) => !dropped.has(row)), ...added]);
}
