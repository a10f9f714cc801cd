/**
 * From buckets to features: the buckets that the training examples use, numbered by first use (so that frequent ones lie together in
 * memory), each with its inverse document frequency. Entries are weighed as (1 + log count) x idf, blocks scaled to
 * one length (else the many character n-grams would drown the words), and vectors to length 1.
 */

import type { SparseCounts } from "./grams.js";

export interface Vocabulary {
  /** The bucket of each feature. */
  readonly buckets: Uint32Array;
  /** log((1 + n) / (1 + df)) + 1, of n training vectors. */
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
  const n = (vectors.offsets.length - 1) / vectors.blocks;
  const frequency = new Uint32Array(bucketCount);
  for (const bucket of vectors.buckets) frequency[bucket]!++;
  const features = new Int32Array(bucketCount).fill(-1);
  let used = 0;
  for (const bucket of vectors.buckets) {
    if (frequency[bucket]! >= minCount && features[bucket] === -1) features[bucket] = used++;
  }
  const buckets = new Uint32Array(used);
  const idf = new Float32Array(used);
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const feature = features[bucket]!;
    if (feature < 0) continue;
    buckets[feature] = bucket;
    idf[feature] = Math.log((1 + n) / (1 + frequency[bucket]!)) + 1;
  }
  return { buckets, idf, features };
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
  const n = (vectors.offsets.length - 1) / blocks;
  const offsets = new Uint32Array(n + 1);
  const features = new Int32Array(vectors.buckets.length);
  const values = new Float32Array(vectors.buckets.length);
  let at = 0;
  for (let v = 0; v < n; v++) {
    const start = at;
    let filled = 0;
    for (let block = v * blocks; block < (v + 1) * blocks; block++) {
      const blockStart = at;
      let squares = 0;
      for (let entry = vectors.offsets[block]!; entry < vectors.offsets[block + 1]!; entry++) {
        const feature = vocabulary.features[vectors.buckets[entry]!]!;
        if (feature < 0) continue;
        const count = vectors.counts[entry]!;
        const value = (count === 1 ? 1 : 1 + Math.log(count)) * vocabulary.idf[feature]!;
        features[at] = feature;
        values[at++] = value;
        squares += value * value;
      }
      if (at > blockStart) filled++;
      const scale = 1 / Math.sqrt(squares);
      for (let entry = blockStart; entry < at; entry++) values[entry]! *= scale;
    }
    const scale = 1 / Math.sqrt(filled);
    if (filled > 1) for (let entry = start; entry < at; entry++) values[entry]! *= scale;
    offsets[v + 1] = at;
  }
  return { offsets, features: features.subarray(0, at), values: values.subarray(0, at) };
}
