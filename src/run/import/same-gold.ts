/** Gold labels that two sources have to agree on. */

import { UserError } from "../../core/errors.js";

export interface GoldLabels {
  readonly gold: Int32Array;
  /** Where they stand, for messages. */
  readonly from: string;
}

/**
 * @param names for messages, by row the id and by index the label
 * @throws UserError naming the first row where they differ, and how many do
 */
export function checkSameGold(
  here: GoldLabels,
  before: GoldLabels,
  names: { readonly id: (row: number) => string; readonly label: (index: number) => string },
  remedy: string,
): void {
  let differing = 0;
  let first = -1;
  for (let row = 0; row < here.gold.length; row++) {
    if (here.gold[row] === before.gold[row]) continue;
    if (differing++ === 0) first = row;
  }
  if (differing === 0) return;
  const [now, then] = [here.gold[first] as number, before.gold[first] as number];
  throw new UserError({
    subject: here.from,
    problem:
      `the gold label of example ${JSON.stringify(names.id(first))} is ${names.label(now)}, but ${names.label(then)} in ` +
      `${before.from} (${differing} of ${here.gold.length} examples differ)`,
    remedy,
  });
}
