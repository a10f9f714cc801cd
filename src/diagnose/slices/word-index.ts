/** The words of texts as numbers: those of every text one after another, in the order in which they stand there. */

import { grown } from "../../run/packed-texts.js";
import { tokenize } from "../../train/ngram/grams.js";

export interface WordIndex {
  /** Numbers of words, -1 between two segments of one example. */
  readonly tokens: Int32Array;
  /** Words of the example rows[i]: tokens[offsets[i]] .. tokens[offsets[i + 1]]. */
  readonly offsets: Float64Array;
  /** By number, in the order of first use. */
  readonly words: readonly string[];
}

/** @param segments of a row: texts across whose ends no n-gram reaches */
export function indexWords(rows: Int32Array, segments: (row: number) => readonly string[]): WordIndex {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const offsets = new Float64Array(rows.length + 1);
  let tokens = new Int32Array(Math.max(1024, 16 * rows.length));
  let size = 0;
  const push = (token: number): void => {
    if (size === tokens.length) tokens = grown(tokens, size + 1);
    tokens[size++] = token;
  };
  rows.forEach((row, i) => {
    segments(row).forEach((text, segment) => {
      if (segment > 0) push(-1);
      for (const word of tokenize(text)) {
        let number = numbers.get(word);
        if (number === undefined) {
          number = words.length;
          numbers.set(word, number);
          words.push(word);
        }
        push(number);
      }
    });
    offsets[i + 1] = size;
  });
  return { tokens: tokens.subarray(0, size), offsets, words };
}
