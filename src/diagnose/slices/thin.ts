/**
 * N-grams that say the same as another found one. A part that is hardly ever without the longer n-gram is said by that; a longer n-gram that, among the examples with
 * a part of it, makes no difference is said by the part.
 */

import { associationP, momentsOf } from "./exact-test.js";
import type { StratumTable } from "./strata.js";

export interface ThinnedPhrase {
  /** Words, a space between. */
  readonly value: string;
  readonly over: boolean;
  readonly counts: ReadonlyMap<number, StratumTable>;
}

/** Share of a part's examples that have the longer n-gram too: from there up they are one. */
const nearlyAll = 0.9;
/** A longer n-gram makes a difference where chance would make as large a one less often than this. */
const level = 0.01;

/**
 * What each phrase is said by: the place in the list of one that is listed, null where it is listed itself.
 *
 * @param phrases found ones of one text. Order does not matter
 */
export function sayTheSame(phrases: readonly ThinnedPhrase[]): (number | null)[] {
  const at = new Map(phrases.map(({ value }, i) => [value, i]));
  const by = new Array<number | null>(phrases.length).fill(null);
  const order = [...phrases.keys()].sort((i, j) => {
    const [a, b] = [phrases[i]!.value, phrases[j]!.value];
    return a.split(" ").length - b.split(" ").length || (a < b ? -1 : 1);
  });
  for (const i of order) {
    const words = phrases[i]!.value.split(" ");
    for (let length = words.length - 1; length >= 1; length--) {
      for (let start = 0; start + length <= words.length; start++) {
        const part = at.get(words.slice(start, start + length).join(" "));
        if (part === undefined || part === i || by[part] !== null || by[i] !== null) continue;
        if (phrases[part]!.over !== phrases[i]!.over) continue;
        if (total(phrases[i]!) >= nearlyAll * total(phrases[part]!)) by[part] = i;
        else if (!differs(phrases[i]!, phrases[part]!)) by[i] = part;
      }
    }
  }
  // One points only to what was listed then, so that every way ends at one that still is.
  const end = (i: number): number => (by[i] === null ? i : end(by[i]!));
  return by.map((one) => (one === null ? null : end(one)));
}

function total({ counts }: ThinnedPhrase): number {
  let sum = 0;
  for (const { a, c } of counts.values()) sum += a + c;
  return sum;
}

/** Whether the longer n-gram is associated in the same direction among the examples with the part. */
function differs(longer: ThinnedPhrase, part: ThinnedPhrase): boolean {
  const tables = [...longer.counts].map(([stratum, { a, c }]): StratumTable => {
    const of = part.counts.get(stratum)!;
    return { a, b: of.a - a, c, d: of.c - c };
  });
  const { seen, expected } = momentsOf(tables);
  return seen > expected === longer.over && seen !== expected && associationP(tables) < level;
}
