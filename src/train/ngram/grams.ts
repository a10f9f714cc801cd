/**
 * The n-grams of a text as hashed buckets with counts. Words are runs of letters, digits and inner apostrophes, or single other marks;
 * character n-grams stay within a word and see its ends. Texts that play different parts have different salts.
 */

import { mix32 } from "../../core/random.js";
import { parseRange, type GramOptions } from "./options.js";

/**
 * Counts of n-grams in many vectors, one after another. N-grams are numbered by first use, so that frequent ones lie together in memory.
 * A vector has the same B blocks as every other (its words, its characters): block b of vector v holds entries
 * offsets[v * B + b] .. offsets[v * B + b + 1].
 */
export interface SparseCounts {
  /** How much each block of a vector counts: the length that it is scaled to, before the vector is scaled to length 1. */
  readonly blocks: readonly number[];
  readonly offsets: Uint32Array;
  /** Number of each entry's n-gram. */
  readonly grams: Int32Array;
  readonly counts: Float32Array;
  /** Bucket of each number: two numbers never share one. */
  readonly buckets: Uint32Array;
}

const wordPattern = /[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{N}\p{M}_]+)*|[^\s\p{L}\p{N}\p{M}_]/gu;

/** The words of a text, lower case. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(wordPattern) ?? [];
}

/** Words whose n-grams are remembered: more would fill the memory with words that hardly come again. */
const mostKnownWords = 1 << 17;

/** Collects the hashed n-grams of vectors, each bucket once a block. */
export class GramCollector {
  readonly #mask: number;
  readonly #words: readonly [number, number];
  readonly #characters: readonly [number, number];
  /** Number of each bucket, -1 where it was not used yet. */
  readonly #numbers: Int32Array;
  readonly #bucketOf: Uint32Array;
  #used = 0;
  /** Where an n-gram of the block at hand stands, if `#stamp` says it is of this block. */
  readonly #place: Int32Array;
  readonly #stamp: Int32Array;
  /** Of each salt: the character n-grams of the words seen so far. */
  readonly #known = new Map<number, Map<string, Int32Array>>();
  #offsets: number[] = [0];
  #grams = new Int32Array(1 << 16);
  #counts = new Float32Array(1 << 16);
  #size = 0;
  #block = 1;

  constructor(options: GramOptions) {
    this.#mask = options.buckets - 1;
    this.#words = parseRange(options.words);
    this.#characters = parseRange(options.characters);
    this.#numbers = new Int32Array(options.buckets).fill(-1);
    this.#bucketOf = new Uint32Array(options.buckets);
    this.#place = new Int32Array(options.buckets);
    this.#stamp = new Int32Array(options.buckets);
  }

  /** Adds a feature of the block at hand, by its hash. */
  add(hash: number): void {
    this.#count(this.#number(hash));
  }

  /** Adds the character n-grams of words. @param salt tells texts of different parts apart */
  addCharacters(words: readonly string[], salt: number): void {
    const [from, to] = this.#characters;
    if (to < from) return;
    const known = this.#known.get(salt) ?? new Map<string, Int32Array>();
    this.#known.set(salt, known);
    for (const word of words) {
      let grams = known.get(word);
      if (grams === undefined) {
        grams = this.#characterGrams(word, salt ^ 0x3c6ef372, from, to);
        if (known.size < mostKnownWords) known.set(word, grams);
      }
      for (let i = 0; i < grams.length; i++) this.#count(grams[i]!);
    }
  }

  /** Adds the word n-grams of a text. @param salt tells texts of different parts apart */
  addWords(words: readonly string[], salt: number): void {
    const [from, to] = this.#words;
    for (let start = 0; start < words.length; start++) {
      let hash = salt;
      const last = Math.min(to, words.length - start);
      for (let length = 1; length <= last; length++) {
        hash = hashWord(words[start + length - 1]!, hash);
        if (length >= from) this.add(hash);
      }
    }
  }

  #number(hash: number): number {
    const bucket = mix32(hash) & this.#mask;
    const number = this.#numbers[bucket]!;
    if (number >= 0) return number;
    this.#bucketOf[this.#used] = bucket;
    this.#numbers[bucket] = this.#used;
    return this.#used++;
  }

  #count(gram: number): void {
    if (this.#stamp[gram] === this.#block) {
      this.#counts[this.#place[gram]!]! += 1;
      return;
    }
    if (this.#size === this.#grams.length) this.#grow();
    this.#stamp[gram] = this.#block;
    this.#place[gram] = this.#size;
    this.#grams[this.#size] = gram;
    this.#counts[this.#size++] = 1;
  }

  #characterGrams(word: string, salt: number, from: number, to: number): Int32Array {
    const grams: number[] = [];
    const length = word.length + 2;
    for (let start = 0; start < length; start++) {
      let hash = salt;
      const last = Math.min(to, length - start);
      for (let n = 1; n <= last; n++) {
        const at = start + n - 2;
        // The word's ends read as a space.
        const unit = at < 0 || at === word.length ? 32 : word.charCodeAt(at);
        hash = step(hash, unit);
        if (n >= from) grams.push(this.#number(hash));
      }
    }
    return Int32Array.from(grams);
  }

  /** Ends the block at hand. */
  endBlock(): void {
    this.#offsets.push(this.#size);
    this.#block++;
  }

  /** @param blocks how much each block of a vector counts */
  finish(blocks: readonly number[]): SparseCounts {
    return {
      blocks,
      offsets: Uint32Array.from(this.#offsets),
      grams: this.#grams.slice(0, this.#size),
      counts: this.#counts.slice(0, this.#size),
      buckets: this.#bucketOf.slice(0, this.#used),
    };
  }

  #grow(): void {
    const grams = new Int32Array(this.#grams.length * 2);
    grams.set(this.#grams);
    this.#grams = grams;
    const counts = new Float32Array(this.#counts.length * 2);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

/** Goes on with a hash over a word and its end. */
export function hashWord(word: string, hash: number): number {
  let h = hash;
  for (let i = 0; i < word.length; i++) h = step(h, word.charCodeAt(i));
  return step(h, 0x1f);
}

function step(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x9e3779b1) ^ (hash >>> 15);
}
