/**
 * Which features an example has. A single text: its n-grams. A pair: the n-grams of each text, each word of the one with each word of the
 * other, and marks for words that both have or only the second has. A choice: its own n-grams, with its words crossed with those
 * of the sentence, and the sentence's words around it.
 */

import { Breather } from "../../core/stop.js";
import type { Input } from "../../dataset/dataset.js";
import { GramCollector, hashWord, tokenize, type SparseCounts } from "./grams.js";
import type { GramOptions } from "./options.js";

const salts = {
  text: 0x1b873593,
  pair: 0x6a09e667,
  cross: 0x3c6ef35f,
  both: 0x510e527f,
  added: 0x1f83d9ab,
  share: 0x5be0cd19,
  choice: 0x243f6a88,
  around: 0x13198a2e,
} as const;

/**
 * How much the characters of a text count beside its words. As much as these they would drown them: accuracy falls on SST-2,
 * TREC and SNLI, rises a little on banking77 (docs/informative.md).
 */
const characterShare = 0.6;

/** Words around the blank that a choice is seen with. */
const windowWords = 3;

/** What a worker gets: the input of consecutive rows. */
export type TextInput = Exclude<Input, { kind: "features" }>;

/** Vectors of consecutive examples: one each, or one a choice. @throws Stopped once the signal is aborted */
export async function exampleFeatures(
  input: TextInput,
  options: GramOptions,
  signal?: AbortSignal,
): Promise<SparseCounts> {
  const collector = new GramCollector(options);
  const breather = new Breather(signal);
  const add = adder(collector, input);
  for (let row = 0; row < input.text.length; row++) {
    if (row % rowsATurn === 0) await breather.turn();
    add(row);
  }
  return collector.finish(blockWeights[input.kind]);
}

/** Rows between two looks at the clock: of long texts a few milliseconds. */
const rowsATurn = 16;

/** How much the blocks of a vector count. */
const blockWeights = {
  text: [1, characterShare],
  pair: [1, 1, characterShare, 1],
  choices: [1, 1],
} as const;

/** What adds a row's blocks. */
function adder(collector: GramCollector, input: TextInput): (row: number) => void {
  switch (input.kind) {
    case "text":
      return (row) => addText(collector, tokenize(input.text[row]!));
    case "pair":
      return (row) => addPair(collector, tokenize(input.text[row]!), tokenize(input.pair[row] ?? ""));
    case "choices":
      return (row) => {
        for (const choice of input.choices[row] ?? []) addChoice(collector, input.text[row]!, choice);
      };
  }
}

function addText(collector: GramCollector, words: readonly string[]): void {
  collector.addWords(words, salts.text);
  collector.endBlock();
  collector.addCharacters(words, salts.text);
  collector.endBlock();
}

function addPair(collector: GramCollector, first: readonly string[], second: readonly string[]): void {
  collector.addWords(first, salts.text);
  collector.endBlock();
  collector.addWords(second, salts.pair);
  collector.endBlock();
  collector.addCharacters(second, salts.pair);
  collector.endBlock();
  const there = new Set(first);
  let shared = 0;
  for (const word of second) {
    const both = there.has(word);
    if (both) shared++;
    collector.add(hashWord(word, both ? salts.both : salts.added));
  }
  const hashes = new Set(Array.from(there, (word) => hashWord(word, salts.cross)));
  for (const word of new Set(second)) {
    // A word with itself is the mark above.
    for (const hash of hashes) if (!there.has(word)) collector.add(hashWord(word, hash));
  }
  collector.add(hashWord(`${Math.round((8 * shared) / Math.max(1, second.length))}`, salts.share));
  collector.add(hashWord(`${Math.min(9, second.length)}`, salts.share ^ 1));
  collector.endBlock();
}

function addChoice(collector: GramCollector, sentence: string, choice: string): void {
  const words = tokenize(choice);
  const [before = "", ...rest] = sentence.split(/\[MASK\]|_+/);
  const left = tokenize(before);
  const right = tokenize(rest.join(" "));
  collector.addWords(words, salts.choice);
  collector.addWords([...left.slice(-windowWords), ...words, ...right.slice(0, windowWords)], salts.around);
  collector.endBlock();
  for (const word of words) {
    const cross = hashWord(word, salts.cross);
    for (const other of left) collector.add(hashWord(other, cross));
    for (const other of right) collector.add(hashWord(other, cross ^ 1));
  }
  collector.endBlock();
}
