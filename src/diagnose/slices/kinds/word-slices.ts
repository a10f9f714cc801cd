/** Slices by the words and word n-grams that a text contains. */

import { findPhrases } from "../phrases.js";
import type { Slice, SliceSource } from "../slice.js";
import type { WordIndex } from "../word-index.js";

/** @param lengths of n-grams, in words */
export function* wordSlices(
  { rows, minSupport }: SliceSource,
  index: WordIndex,
  field: string,
  [from, to]: readonly [number, number],
): Generator<Slice> {
  for (const { text, rows: own } of findPhrases(index, rows, { from, to, least: minSupport }))
    // What all have sets nothing apart.
    if (own.length < rows.length) yield { kind: "words", field, value: text, rows: own };
}
