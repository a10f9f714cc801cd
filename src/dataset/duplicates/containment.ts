/**
 * Which wordings stand inside longer ones, word for word and in a row: exactly. An index says which wordings each word and each two words in a row stand in,
 * the shortest first; of what is looked for the rarest two words are asked, and each wording that has them is read. Of contents with several sides every
 * side must stand in the other's.
 */

import { mix32 } from "../../core/random.js";
import type { Breather } from "../../core/stop.js";
import type { Wordings } from "./wordings.js";

export interface Masks {
  /** 1 for the wordings that are looked for; null: all. */
  readonly inner: Uint8Array | null;
  /** 1 for those that they are looked for in; null: all. */
  readonly outer: Uint8Array | null;
}

export interface WordIndex {
  /** Key k is of the wordings holders[starts[k]] .. holders[starts[k + 1] - 1]. */
  readonly starts: Int32Array;
  readonly holders: Int32Array;
  /** Keys of two words are numbered behind those of one, several under one key. */
  readonly pairKeys: number;
}

/**
 * Visits every wording that stands inside a longer one with each of those, the shortest first; of equal length by the order of their texts.
 *
 * @param visit true: no other of this one
 */
export async function standingInside(
  { sides, lengths, count, vocabulary }: Wordings,
  { starts, holders, pairKeys }: WordIndex,
  { inner, outer }: Masks,
  visit: (part: number, whole: number) => boolean,
  breather: Breather,
): Promise<void> {
  for (let part = 0; part < count; part++) {
    if (inner !== null && inner[part] !== 1) continue;
    if ((part & 255) === 0) await breather.turn();
    const own = sides[part]!;
    const { side, at, key } = rarest(own, starts, vocabulary, pairKeys);
    for (let i = starts[key]!; i < starts[key + 1]!; i++) {
      const whole = holders[i]!;
      if (lengths[whole]! <= lengths[part]! || (outer !== null && outer[whole] !== 1)) continue;
      if (!stands(own[side]!, sides[whole]![side]!, at) || !otherSides(own, sides[whole]!, side)) continue;
      if (visit(part, whole)) break;
    }
  }
}

/** @param order the wordings in the order in which they are to be visited */
export async function indexWords(
  { sides, vocabulary }: Wordings,
  order: Int32Array,
  breather: Breather,
): Promise<WordIndex> {
  const tokens = sides.reduce((sum, own) => sum + own.reduce((all, side) => all + side.length, 0), 0);
  const pairKeys = 2 ** Math.min(23, Math.max(4, Math.ceil(Math.log2(tokens + 1))));
  const starts = new Int32Array(vocabulary + pairKeys + 1);
  const last = new Int32Array(vocabulary + pairKeys);
  const each = async (see: (key: number, wording: number) => void): Promise<void> => {
    last.fill(-1);
    for (const [at, wording] of order.entries()) {
      if ((at & 1023) === 0) await breather.turn();
      const once = (key: number): void => {
        if (last[key] === wording) return;
        last[key] = wording;
        see(key, wording);
      };
      for (const words of sides[wording]!) {
        for (let at = 0; at < words.length; at++) {
          once(words[at]!);
          if (at > 0) once(pairKey(words, at - 1, vocabulary, pairKeys));
        }
      }
    }
  };
  await each((key) => void starts[key + 1]!++);
  for (let key = 0; key + 1 < starts.length; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const holders = new Int32Array(starts.at(-1)!);
  await each((key, wording) => void (holders[next[key]!++] = wording));
  return { starts, holders, pairKeys };
}

function pairKey(words: Int32Array, at: number, vocabulary: number, pairKeys: number): number {
  return vocabulary + (mix32(Math.imul(words[at]!, 0x9e3779b1) ^ words[at + 1]!) & (pairKeys - 1));
}

/** Where the two words stand that the fewest wordings have; of single words, the word. */
function rarest(
  own: readonly Int32Array[],
  starts: Int32Array,
  vocabulary: number,
  pairKeys: number,
): { side: number; at: number; key: number } {
  let best = { side: 0, at: 0, key: 0 };
  let fewest = Infinity;
  own.forEach((words, side) => {
    for (let at = 0; at < words.length; at++) {
      const key = at + 1 < words.length ? pairKey(words, at, vocabulary, pairKeys) : words[at]!;
      const many = starts[key + 1]! - starts[key]!;
      if (many < fewest) [fewest, best] = [many, { side, at, key }];
    }
  });
  return best;
}

/** Whether the words stand in a row in others. @param anchor a place among them: of a rare word, looked for first */
function stands(part: Int32Array, whole: Int32Array, anchor: number): boolean {
  const word = part[anchor];
  for (let first = 0; first + part.length <= whole.length; first++) {
    if (whole[first + anchor] !== word) continue;
    let i = 0;
    while (i < part.length && whole[first + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}

function otherSides(part: readonly Int32Array[], whole: readonly Int32Array[], known: number): boolean {
  for (let side = 0; side < part.length; side++) {
    if (side === known) continue;
    // Nothing stands in everything, and says nothing.
    if (part[side]!.length === 0 ? whole[side]!.length > 0 : !stands(part[side]!, whole[side]!, 0))
      return false;
  }
  return true;
}
