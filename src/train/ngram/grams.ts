/**
 * The n-grams of a text as hashed buckets with counts. Words are runs of letters, digits and inner apostrophes, or single other marks;
 * character n-grams stay within a word and see its ends. Texts that play different parts have different salts.
 */

import { mix32 } from "../../core/random.js";
import { parseRange, type GramOptions } from "./options.js";

/**
 * Buckets and counts of many vectors, one after another. A vector has the same number of blocks as every other (its words, its characters):
 * block b of vector v holds entries offsets[v * blocks + b] .. offsets[v * blocks + b + 1].
 */
export interface SparseCounts {
  readonly blocks: number;
  readonly offsets: Uint32Array;
  readonly buckets: Uint32Array;
  readonly counts: Float32Array;
}

const wordPattern = /[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{N}\p{M}_]+)*|[^\s\p{L}\p{N}\p{M}_]/gu;

/** The words of a text, lower case. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(wordPattern) ?? [];
}

/** Collects the hashed n-grams of vectors, each bucket once a block. */
export class GramCollector {
  readonly #mask: number;
  readonly #words: readonly [number, number];
  readonly #characters: readonly [number, number];
  /** Where in `#buckets` a bucket of the block at hand stands, if `#stamp` says it is of this block. */
  readonly #place: Int32Array;
  readonly #stamp: Int32Array;
  #offsets: number[] = [0];
  #buckets = new Uint32Array(1 << 16);
  #counts = new Float32Array(1 << 16);
  #size = 0;
  #block = 1;

  constructor(options: GramOptions) {
    this.#mask = options.buckets - 1;
    this.#words = parseRange(options.words);
    this.#characters = parseRange(options.characters);
    this.#place = new Int32Array(options.buckets);
    this.#stamp = new Int32Array(options.buckets);
  }

  /** Adds a feature of the block at hand, by its hash. */
  add(hash: number): void {
    const bucket = mix32(hash) & this.#mask;
    if (this.#stamp[bucket] === this.#block) {
      this.#counts[this.#place[bucket]!]! += 1;
      return;
    }
    if (this.#size === this.#buckets.length) this.#grow();
    this.#stamp[bucket] = this.#block;
    this.#place[bucket] = this.#size;
    this.#buckets[this.#size] = bucket;
    this.#counts[this.#size++] = 1;
  }

  /** Adds the character n-grams of words. @param salt tells texts of different parts apart */
  addCharacters(words: readonly string[], salt: number): void {
    const [from, to] = this.#characters;
    if (to >= from) for (const word of words) this.#addWord(word, salt ^ 0x3c6ef372, from, to);
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

  #addWord(word: string, salt: number, from: number, to: number): void {
    const length = word.length + 2;
    for (let start = 0; start < length; start++) {
      let hash = salt;
      const last = Math.min(to, length - start);
      for (let n = 1; n <= last; n++) {
        const at = start + n - 2;
        // The word's ends read as a space.
        const unit = at < 0 || at === word.length ? 32 : word.charCodeAt(at);
        hash = step(hash, unit);
        if (n >= from) this.add(hash);
      }
    }
  }

  /** Ends the block at hand. */
  endBlock(): void {
    this.#offsets.push(this.#size);
    this.#block++;
  }

  /** @param blocks how many each vector has */
  finish(blocks: number): SparseCounts {
    return {
      blocks,
      offsets: Uint32Array.from(this.#offsets),
      buckets: this.#buckets.slice(0, this.#size),
      counts: this.#counts.slice(0, this.#size),
    };
  }

  #grow(): void {
    const buckets = new Uint32Array(this.#buckets.length * 2);
    buckets.set(this.#buckets);
    this.#buckets = buckets;
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
