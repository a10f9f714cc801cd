/** The words of contents, each wording once: contents that differ in punctuation alone share one. */

import type { Breather } from "../../core/stop.js";
import { before, type Contents } from "./contents.js";
import { wordsOf } from "./words.js";

export interface Wordings {
  readonly count: number;
  /** Numbers of the words of each side. */
  readonly sides: readonly (readonly Int32Array[])[];
  /** Words of all sides. */
  readonly lengths: Int32Array;
  /** Wording of each content; -1: it has no words. */
  readonly of: Int32Array;
  /** A content of each wording: the one whose text comes first. */
  readonly content: Int32Array;
  readonly vocabulary: number;
}

export async function collectWordings(
  { sides: contents, count }: Contents,
  breather: Breather,
): Promise<Wordings> {
  const words = new Map<string, number>();
  const numbers = new Map<string, number>();
  const sides: Int32Array[][] = [];
  const lengths: number[] = [];
  const content: number[] = [];
  const of = new Int32Array(count).fill(-1);
  for (let at = 0; at < count; at++) {
    if ((at & 1023) === 0) await breather.turn();
    const own = contents[at]!.map(wordsOf);
    const length = own.reduce((sum, side) => sum + side.length, 0);
    if (length === 0) continue;
    const key = own.map((side) => side.join(" ")).join("\u0000");
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, (number = sides.length));
      lengths.push(length);
      content.push(at);
      sides.push(own.map((side) => Int32Array.from(side, (word) => numberOf(words, word))));
    } else if (before(contents[at]!, contents[content[number]!]!)) content[number] = at;
    of[at] = number;
  }
  return {
    count: sides.length,
    sides,
    lengths: Int32Array.from(lengths),
    of,
    content: Int32Array.from(content),
    vocabulary: words.size,
  };
}

function numberOf(words: Map<string, number>, word: string): number {
  let number = words.get(word);
  if (number === undefined) words.set(word, (number = words.size));
  return number;
}
