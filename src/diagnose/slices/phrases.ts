/**
 * Which n-grams are in at least so many examples, and in which: length by length. An n-gram cannot be in more examples than its beginning and its end (Agrawal and
 * Srikant 1994), and of those that pass a count of hashed pairs is made first (Park, Chen and Yu 1995), so that rare ones are never held.
 */

import { mix32 } from "../../core/random.js";
import type { WordIndex } from "./word-index.js";

export interface Phrase {
  /** Its words, a space between. */
  readonly text: string;
  /** How many words. */
  readonly length: number;
  /** Ascending. */
  readonly rows: Int32Array;
}

/** N-grams of one length: which begins at each place, and what each says. */
interface Level {
  /** -1 where none does. */
  readonly at: Int32Array;
  readonly texts: readonly string[];
}

/**
 * Phrases of `from` to `to` words, shorter ones first.
 *
 * @param rows in the order of the index
 * @param least in at least so many examples
 */
export function* findPhrases(
  index: WordIndex,
  rows: Int32Array,
  { from, to, least }: { readonly from: number; readonly to: number; readonly least: number },
): Generator<Phrase> {
  let level: Level = { at: index.tokens, texts: index.words };
  for (let length = 1; length <= to; length++) {
    const { found, rowsOf } = frequent(
      length === 1 ? level : longer(level, index, least),
      index,
      rows,
      least,
    );
    if (length >= from)
      for (const [number, text] of found.texts.entries()) yield { text, length, rows: rowsOf(number) };
    level = found;
  }
}

/** The n-grams one word longer: where one begins and another begins a word later. */
function longer({ at, texts }: Level, { offsets }: WordIndex, least: number): Level {
  const pairs = new Float64Array(at.length).fill(-1);
  const hashBits = Math.min(24, Math.max(8, Math.ceil(Math.log2(at.length + 1))));
  const counts = new Uint32Array(1 << hashBits);
  const bucket = (pair: number): number =>
    mix32((pair % 0x1_0000_0000) ^ Math.imul(Math.floor(pair / 0x1_0000_0000), 0x9e3779b1)) >>>
    (32 - hashBits);
  for (let i = 0; i + 1 < offsets.length; i++) {
    const end = offsets[i + 1]! - 1;
    for (let place = offsets[i]!; place < end; place++) {
      if (at[place]! < 0 || at[place + 1]! < 0) continue;
      pairs[place] = at[place]! * texts.length + at[place + 1]!;
      counts[bucket(pairs[place]!)]!++;
    }
  }
  const numbers = new Map<number, number>();
  const found: string[] = [];
  const next = new Int32Array(at.length).fill(-1);
  pairs.forEach((pair, place) => {
    if (pair < 0 || counts[bucket(pair)]! < least) return;
    let number = numbers.get(pair);
    if (number === undefined) {
      number = found.length;
      numbers.set(pair, number);
      const last = texts[at[place + 1]!]!;
      found.push(`${texts[at[place]!]!} ${last.slice(last.lastIndexOf(" ") + 1)}`);
    }
    next[place] = number;
  });
  return { at: next, texts: found };
}

/** Those of a level that are in enough examples, numbered anew, and the rows of each. */
function frequent(
  { at, texts }: Level,
  { offsets }: WordIndex,
  rows: Int32Array,
  least: number,
): { readonly found: Level; readonly rowsOf: (number: number) => Int32Array } {
  const seen = new Int32Array(texts.length).fill(-1);
  const counts = new Int32Array(texts.length);
  const each = (visit: (number: number, i: number) => void): void => {
    seen.fill(-1);
    for (let i = 0; i < rows.length; i++) {
      for (let place = offsets[i]!; place < offsets[i + 1]!; place++) {
        const number = at[place]!;
        if (number < 0 || seen[number] === i) continue;
        seen[number] = i;
        visit(number, i);
      }
    }
  };
  each((number) => counts[number]!++);
  const renumbered = new Int32Array(texts.length).fill(-1);
  const kept: string[] = [];
  const starts = [0];
  counts.forEach((count, number) => {
    if (count < least) return;
    renumbered[number] = kept.length;
    kept.push(texts[number]!);
    starts.push(starts.at(-1)! + count);
  });
  const postings = new Int32Array(starts.at(-1)!);
  const next = Float64Array.from(starts);
  each((number, i) => {
    const own = renumbered[number]!;
    if (own >= 0) postings[next[own]!++] = rows[i]!;
  });
  return {
    found: { at: at.map((number) => (number < 0 ? -1 : renumbered[number]!)), texts: kept },
    rowsOf: (number) => postings.subarray(starts[number], starts[number + 1]),
  };
}
