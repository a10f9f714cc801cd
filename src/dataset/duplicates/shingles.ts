/** Cuts a content into shingles, each hashed to 32 bits; those of different sides differ. */

import { hashText, mix32 } from "../../core/random.js";
import type { Shingles } from "./options.js";
import { wordsOf } from "./words.js";

export interface Shingler {
  /** The shingles of one side, with repeats; the array is used again by the next call. */
  side(text: string, side: number): Uint32Array;
  /** Those of all sides. */
  all(sides: readonly string[]): Uint32Array;
}

export function shingler({ of, size }: Shingles): Shingler {
  let held = new Uint32Array(1024);
  const room = (count: number): void => {
    if (count <= held.length) return;
    const larger = new Uint32Array(2 * count);
    larger.set(held);
    held = larger;
  };
  const units: ArrayLike<number> & number[] = [];

  /** Appends behind `at`. @returns how many there are then */
  const add = (text: string, side: number, at: number): number => {
    const words = of === "words" ? wordsOf(text) : null;
    const length = words?.length ?? text.length;
    if (length === 0) return at;
    units.length = 0;
    for (let i = 0; i < length; i++) units.push(words ? hashText(words[i]!, 0) : text.charCodeAt(i));
    // A text that is shorter than a shingle is one.
    const span = Math.min(size, length);
    const salt = mix32(0x51ed270b + side) ^ span;
    room(at + length);
    for (let first = 0; first + span <= length; first++) {
      let hash = salt;
      for (let i = first; i < first + span; i++)
        hash = Math.imul(hash ^ units[i]!, 0x01000193) ^ (hash >>> 15);
      held[at++] = mix32(hash);
    }
    return at;
  };

  return {
    side: (text, side) => held.subarray(0, add(text, side, 0)),
    all: (sides) => {
      let at = 0;
      for (let side = 0; side < sides.length; side++) at = add(sides[side]!, side, at);
      return held.subarray(0, at);
    },
  };
}

/** Each shingle once, ascending. */
export function shingleSet(shingles: Uint32Array): Uint32Array {
  const sorted = shingles.slice().sort();
  let kept = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kept++] = sorted[i]!;
  return sorted.slice(0, kept);
}

/** Common members over all members of two sets; 1 where both are empty. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 && b.length === 0) return 1;
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i]!, b[j]!];
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return common / (a.length + b.length - common);
}
