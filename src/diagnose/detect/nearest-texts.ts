/**
 * The examples whose n-grams are most alike: cosines of the default trainer's tf-idf vectors (words, word pairs, characters), by an inverted index.
 * N-grams that very many examples have tell little apart and cost most of the time: the commonest are left out of the index until the products
 * left are affordable.
 */

import { defaultThreads } from "../../core/threads.js";
import { hashId } from "../../core/random.js";
import type { Dataset } from "../../dataset/dataset.js";
import { hashDataset } from "../../train/ngram/hash-dataset.js";
import { ngramOptions } from "../../train/ngram/options.js";
import { fitVocabulary, weigh, type Vectors } from "../../train/ngram/vocabulary.js";

export interface Neighbours {
  /** size x k, the most alike first; -1 where there are fewer. */
  readonly rows: Int32Array;
  /** Cosines over the n-grams that were indexed, in (0, 1]. */
  readonly similarity: Float32Array;
}

/** Products that the index may cost; a few seconds. */
const affordable = 4e8;

const cache = new WeakMap<Dataset["input"], Map<number, Promise<Neighbours>>>();

/** The k nearest of every example; kept as long as the dataset's contents live. Of equals a hash of the ids says which is nearer. */
export function nearestTexts(dataset: Dataset, k: number): Promise<Neighbours> {
  const kept = cache.get(dataset.input) ?? new Map<number, Promise<Neighbours>>();
  cache.set(dataset.input, kept);
  let found = kept.get(k);
  if (found === undefined) kept.set(k, (found = findNearest(dataset, k)));
  return found;
}

async function findNearest(dataset: Dataset, k: number): Promise<Neighbours> {
  const options = ngramOptions.parse({});
  const { vectors, first } = await hashDataset(dataset, options, defaultThreads());
  const vocabulary = fitVocabulary(vectors, options.buckets, 1);
  const weighed = weigh(vectors, vocabulary);
  const index = invert(weighed, first, vocabulary.buckets.length);
  const { size } = dataset;
  const rows = new Int32Array(size * k).fill(-1);
  const similarity = new Float32Array(size * k);
  const sums = new Float32Array(size);
  const ranks = Float64Array.from(dataset.ids, (id) => hashId(id, 0));
  const touched = new Int32Array(size);
  for (let row = 0; row < size; row++) {
    let count = 0;
    const end = weighed.offsets[first[row + 1]!]!;
    for (let entry = weighed.offsets[first[row]!]!; entry < end; entry++) {
      const feature = weighed.features[entry]!;
      if (index.left[feature] === 1) continue;
      const value = weighed.values[entry]!;
      for (let at = index.starts[feature]!; at < index.starts[feature + 1]!; at++) {
        const other = index.rows[at]!;
        if (sums[other] === 0) touched[count++] = other;
        sums[other]! += value * index.values[at]!;
      }
    }
    sums[row] = 0;
    const found = touched.subarray(0, count);
    keepLargest(sums, found, ranks, rows.subarray(row * k, (row + 1) * k), similarity.subarray(row * k));
    for (let i = 0; i < count; i++) sums[touched[i]!] = 0;
  }
  return { rows, similarity };
}

interface Index {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float32Array;
  /** 1 where a feature is left out. */
  readonly left: Uint8Array;
}

function invert({ offsets, features, values }: Vectors, first: Uint32Array, count: number): Index {
  const starts = new Int32Array(count + 1);
  for (const feature of features) starts[feature + 1]!++;
  const left = leftOut(starts.subarray(1));
  for (let feature = 0; feature < count; feature++) starts[feature + 1]! += starts[feature]!;
  const next = starts.slice();
  const rows = new Int32Array(features.length);
  const kept = new Float32Array(features.length);
  for (let row = 0; row + 1 < first.length; row++) {
    for (let entry = offsets[first[row]!]!; entry < offsets[first[row + 1]!]!; entry++) {
      const at = next[features[entry]!]!++;
      rows[at] = row;
      kept[at] = values[entry]!;
    }
  }
  return { starts, rows, values: kept, left };
}

/** All n-grams that as many examples have stay or go together. */
function leftOut(frequency: Int32Array): Uint8Array {
  const most = frequency.reduce((largest, n) => Math.max(largest, n), 0);
  const products = new Float64Array(most + 1);
  for (const n of frequency) products[n]! += n * n;
  let bar = 0;
  for (let sum = 0; bar <= most; bar++) if ((sum += products[bar]!) > affordable) break;
  return Uint8Array.from(frequency, (n) => (n >= bar ? 1 : 0));
}

/** Fills `best` with the rows of the largest sums, largest first. */
function keepLargest(
  sums: Float32Array,
  touched: Int32Array,
  ranks: Float64Array,
  best: Int32Array,
  similarity: Float32Array,
): void {
  const k = best.length;
  let held = 0;
  const nearer = (row: number, place: number): boolean => {
    const [sum, other] = [sums[row]!, similarity[place]!];
    return sum > other || (sum === other && ranks[row]! < ranks[best[place]!]!);
  };
  for (const row of touched) {
    if (sums[row] === 0 || (held === k && !nearer(row, k - 1))) continue;
    let at = held < k ? held++ : k - 1;
    while (at > 0 && nearer(row, at - 1)) {
      best[at] = best[at - 1]!;
      similarity[at] = similarity[at - 1]!;
      at--;
    }
    best[at] = row;
    similarity[at] = sums[row]!;
  }
}
