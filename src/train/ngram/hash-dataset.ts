/**
 * The hashed features of a dataset, made once by several threads and kept as long as the dataset lives: the folds of a held-out run and
 * the cells of a study take their rows from there.
 */

import { Worker } from "node:worker_threads";
import { InternalError, UserError } from "../../core/errors.js";
import { Stopped } from "../../core/stop.js";
import { workerFile } from "../../core/threads.js";
import type { Dataset, Input } from "../../dataset/dataset.js";
import { exampleFeatures, type TextInput } from "./example-features.js";
import type { SparseCounts } from "./grams.js";
import type { GramOptions } from "./options.js";

/** Features of examples: vectors, and which of them belong to an example. */
export interface HashedExamples {
  readonly vectors: SparseCounts;
  /** Vectors of example i: first[i] .. first[i + 1]. One each, but for choices. */
  readonly first: Uint32Array;
}

/** Fewer characters than this are hashed faster than a thread starts. */
const charactersWorthThreads = 1_500_000;

const cache = new WeakMap<Dataset, Map<string, Promise<HashedExamples>>>();

/** The features of all rows of a dataset, or of the rows that a subset takes. @throws Stopped once the signal is aborted */
export async function hashDataset(
  dataset: Dataset,
  options: GramOptions,
  threads: number,
  signal?: AbortSignal,
): Promise<HashedExamples> {
  const root = dataset.subsetOf?.dataset ?? dataset;
  const kept = cache.get(root) ?? new Map<string, Promise<HashedExamples>>();
  cache.set(root, kept);
  const key = JSON.stringify([options.words, options.characters, options.buckets]);
  let hashed = kept.get(key);
  if (hashed === undefined) {
    hashed = hashInput(textInput(root), options, threads, signal);
    kept.set(key, hashed);
    // Who was stopped leaves nothing to the next one.
    hashed.catch(() => kept.delete(key));
  }
  return dataset.subsetOf === null ? await hashed : takeRows(await hashed, dataset.subsetOf.rows);
}

function textInput({ name, input }: Dataset): TextInput {
  if (input.kind !== "features") return input;
  throw new UserError({
    subject: name,
    problem: "the ngram trainer reads texts, not features",
    remedy: "give --trainer features",
  });
}

async function hashInput(
  input: TextInput,
  options: GramOptions,
  threads: number,
  signal: AbortSignal | undefined,
): Promise<HashedExamples> {
  const size = input.text.length;
  const characters = countCharacters(input);
  const parts = characters < charactersWorthThreads ? 1 : Math.max(1, Math.min(threads, size));
  const { words, characters: lengths, buckets } = options;
  const job = { words, characters: lengths, buckets };
  const slices = Array.from({ length: parts }, (_, part) =>
    slice(input, Math.floor((size * part) / parts), Math.floor((size * (part + 1)) / parts)),
  );
  // This thread takes the last part itself while the others work.
  const others = slices.slice(0, -1).map((rows) => hashInThread(rows, job, signal));
  const hashed = await Promise.all([...others, exampleFeatures(slices.at(-1) ?? input, job, signal)]);
  const vectors = concatenate(hashed, buckets);
  return { vectors, first: firstVectors(input) };
}

function hashInThread(
  input: TextInput,
  options: GramOptions,
  signal: AbortSignal | undefined,
): Promise<SparseCounts> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile("./hash-worker.js", import.meta.url));
    const end = (settle: () => void): void => {
      signal?.removeEventListener("abort", stop);
      settle();
      void worker.terminate();
    };
    const stop = (): void => end(() => reject(new Stopped()));
    signal?.addEventListener("abort", stop);
    worker.once("message", (features: SparseCounts) => end(() => resolve(features)));
    worker.once("error", (cause) =>
      end(() => reject(new InternalError("a hashing thread failed", { cause }))),
    );
    worker.postMessage({ input, options });
  });
}

function countCharacters(input: TextInput): number {
  const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + text.length, 0);
  // Crossing words makes a pair or a choice several times the work of a text.
  if (input.kind === "pair") return 4 * (sum(input.text) + sum(input.pair));
  return sum(input.text) * (input.kind === "choices" ? 4 : 1);
}

function slice(input: TextInput, from: number, to: number): TextInput {
  const text = input.text.slice(from, to);
  if (input.kind === "text") return { kind: "text", text };
  if (input.kind === "pair") return { kind: "pair", text, pair: input.pair.slice(from, to) };
  return { kind: "choices", text, choices: input.choices.slice(from, to) };
}

function firstVectors(input: Input): Uint32Array {
  const size = input.kind === "features" ? 0 : input.text.length;
  const first = new Uint32Array(size + 1);
  for (let row = 0; row < size; row++) {
    first[row + 1] = first[row]! + (input.kind === "choices" ? (input.choices[row]?.length ?? 0) : 1);
  }
  return first;
}

/** N-grams keep the numbers of their first use in all parts: those of one part alone, read in one go. */
function concatenate(parts: readonly SparseCounts[], bucketCount: number): SparseCounts {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const entries = parts.reduce((sum, part) => sum + part.grams.length, 0);
  const blocks = parts.reduce((sum, part) => sum + part.offsets.length - 1, 0);
  const offsets = new Uint32Array(blocks + 1);
  const grams = new Int32Array(entries);
  const counts = new Float32Array(entries);
  const numbers = new Int32Array(bucketCount).fill(-1);
  const buckets = new Uint32Array(bucketCount);
  let used = 0;
  let block = 0;
  let entry = 0;
  for (const part of parts) {
    const renumbered = new Int32Array(part.buckets.length);
    part.buckets.forEach((bucket, gram) => {
      if (numbers[bucket] === -1) {
        buckets[used] = bucket;
        numbers[bucket] = used++;
      }
      renumbered[gram] = numbers[bucket]!;
    });
    for (let i = 0; i < part.grams.length; i++) grams[entry + i] = renumbered[part.grams[i]!]!;
    counts.set(part.counts, entry);
    for (let b = 1; b < part.offsets.length; b++) offsets[++block] = entry + part.offsets[b]!;
    entry += part.grams.length;
  }
  return { blocks: only?.blocks ?? [], offsets, grams, counts, buckets: buckets.slice(0, used) };
}

function takeRows({ vectors, first }: HashedExamples, rows: Int32Array): HashedExamples {
  const { blocks } = vectors;
  const many = blocks.length;
  const newFirst = new Uint32Array(rows.length + 1);
  let entries = 0;
  rows.forEach((row, at) => {
    newFirst[at + 1] = newFirst[at]! + first[row + 1]! - first[row]!;
    entries += vectors.offsets[many * first[row + 1]!]! - vectors.offsets[many * first[row]!]!;
  });
  const offsets = new Uint32Array(many * newFirst[rows.length]! + 1);
  const grams = new Int32Array(entries);
  const counts = new Float32Array(entries);
  let block = 0;
  let at = 0;
  for (const row of rows) {
    for (let b = many * first[row]!; b < many * first[row + 1]!; b++) {
      const from = vectors.offsets[b]!;
      const to = vectors.offsets[b + 1]!;
      grams.set(vectors.grams.subarray(from, to), at);
      counts.set(vectors.counts.subarray(from, to), at);
      at += to - from;
      offsets[++block] = at;
    }
  }
  return { vectors: { blocks, offsets, grams, counts, buckets: vectors.buckets }, first: newFirst };
}
