/** Seeded hashes of a source's ids. Selections of one replicate share a seed: they are computed once for them. */

import { hashId } from "../core/random.js";

const keptSeeds = 4;
const known = new WeakMap<readonly string[], Map<number, Float64Array>>();

/** The hash of every id, in their order. Not to be written to. */
export function idHashes(ids: readonly string[], seed: number): Float64Array {
  const bySeed = known.get(ids) ?? new Map<number, Float64Array>();
  known.set(ids, bySeed);
  const hashes = bySeed.get(seed) ?? Float64Array.from(ids, (id) => hashId(id, seed));
  bySeed.delete(seed);
  bySeed.set(seed, hashes);
  for (const old of [...bySeed.keys()].slice(0, -keptSeeds)) bySeed.delete(old);
  return hashes;
}
