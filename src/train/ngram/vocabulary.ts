/**
 * From buckets to features: the buckets that the training examples use, numbered by first use (so that frequent ones lie together in
 * memory), each with its inverse document frequency. Entries are weighed as (1 + log count) x idf, each block scaled to the
 * length that says how much it counts (else the many character n-grams would drown the words), and vectors to length 1.
 */

import type { SparseCounts } from "./grams.js";

/** Below 1: rare n-grams, which are the ones that a model memorises by, count for less than with the usual idf. */
const rarity = 0.75;

export interface Vocabulary {
  /** The bucket of each feature. */
  readonly buckets: Uint32Array;
  /** (log((1 + n) / (1 + df)) + 1) ^ 0.75, of n training vectors. */
  readonly idf: Float32Array;
  /** Feature of each bucket, -1 where none. */
  readonly features: Int32Array;
}

/** Weighed vectors: vector v holds entries offsets[v] .. offsets[v + 1]. */
export interface Vectors {
  readonly offsets: Uint32Array;
  readonly features: Int32Array;
  readonly values: Float32Array;
}

/** @param minCount buckets in fewer vectors are left out */
export function fitVocabulary(vectors: SparseCounts, bucketCount: number, minCount: number): Vocabulary {
  const n = (vectors.offsets.length - 1) / vectors.blocks.length;
  const frequency = new Uint32Array(vectors.buckets.length);
  const inOrder: number[] = [];
  for (const gram of vectors.grams) if (frequency[gram]!++ === 0) inOrder.push(gram);
  const kept = inOrder.filter((gram) => frequency[gram]! >= minCount);
  const buckets = Uint32Array.from(kept, (gram) => vectors.buckets[gram]!);
  const idf = Float32Array.from(kept, (gram) => (Math.log((1 + n) / (1 + frequency[gram]!)) + 1) ** rarity);
  return restoreVocabulary(buckets, idf, bucketCount);
}

/** A vocabulary as it was saved. */
export function restoreVocabulary(buckets: Uint32Array, idf: Float32Array, bucketCount: number): Vocabulary {
  const features = new Int32Array(bucketCount).fill(-1);
  buckets.forEach((bucket, feature) => (features[bucket] = feature));
  return { buckets, idf, features };
}

/** Vectors over a vocabulary; buckets that it lacks are left out. */
export function weigh(vectors: SparseCounts, vocabulary: Vocabulary): Vectors {
  const { blocks } = vectors;
  const many = blocks.length;
  const n = (vectors.offsets.length - 1) / many;
  const offsets = new Uint32Array(n + 1);
  const features = new Int32Array(vectors.grams.length);
  const values = new Float32Array(vectors.grams.length);
  const featureOf = Int32Array.from(vectors.buckets, (bucket) => vocabulary.features[bucket]!);
  let at = 0;
  for (let v = 0; v < n; v++) {
    const start = at;
    let length = 0;
    for (let b = 0; b < many; b++) {
      const block = v * many + b;
      const share = blocks[b]!;
      const blockStart = at;
      let squares = 0;
      for (let entry = vectors.offsets[block]!; entry < vectors.offsets[block + 1]!; entry++) {
        const feature = featureOf[vectors.grams[entry]!]!;
        if (feature < 0) continue;
        const count = vectors.counts[entry]!;
        const value = (count === 1 ? 1 : 1 + Math.log(count)) * vocabulary.idf[feature]!;
        features[at] = feature;
        values[at++] = value;
        squares += value * value;
      }
      if (at > blockStart) length += share * share;
      const scale = share / Math.sqrt(squares);
      for (let entry = blockStart; entry < at; entry++) values[entry]! *= scale;
    }
    const scale = 1 / Math.sqrt(length);
    if (length !== 1) for (let entry = start; entry < at; entry++) values[entry]! *= scale;
    offsets[v + 1] = at;
  }
  return { offsets, features: features.subarray(0, at), values: values.subarray(0, at) };
}
