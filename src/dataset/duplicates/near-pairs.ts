/**
 * Pairs of contents whose shingles are alike: candidates by MinHash, each verified by the Jaccard index itself. Of contents with several sides, the
 * least similar side counts; all of their shingles together are then at least as similar, so that no candidate is lost.
 */

import { sortBy } from "../../core/sort-by.js";
import type { Breather } from "../../core/stop.js";
import { before, type Contents } from "./contents.js";
import { bandKeys, planBands } from "./min-hash.js";
import { jaccard, shingler, shingleSet } from "./shingles.js";
import type { Shingles } from "./options.js";
import { UnionFind } from "./union-find.js";

/** Pair k is of the contents a[k] and b[k], in the order of their texts. */
export interface NearPairs {
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** The Jaccard index of their shingles, of the least similar side. */
  readonly similarity: Float64Array;
  /**
   * How many contents are so alike to so many others (a template, filled in very often) that not all pairs among them were compared: their groups are found, not
   * each pair.
   */
  readonly crowded: number;
}

/** Above this many in a bucket, each is compared with some, not with all. */
export const crowd = 64;
const neighbours = 8;

/** @param related pairs that are taken whatever their similarity */
export async function nearPairs(
  contents: Contents,
  related: Iterable<readonly [number, number]>,
  { similarity, shingles }: { readonly similarity: number; readonly shingles: Shingles },
  breather: Breather,
): Promise<NearPairs> {
  const cut = shingler(shingles);
  const keys = await bandKeys(contents, cut, planBands(similarity), breather);
  const { sides, count } = contents;
  const verify = similarities(sides, cut);
  const found: { a: number[]; b: number[]; similarity: number[] } = { a: [], b: [], similarity: [] };
  const joined = new UnionFind(count);
  const compare = (x: number, y: number, bar = similarity): boolean => {
    const own = verify(x, y, bar);
    if (own < bar) return false;
    const [a, b] = before(sides[x]!, sides[y]!) ? [x, y] : [y, x];
    found.a.push(a);
    found.b.push(b);
    found.similarity.push(own);
    joined.join(x, y);
    return true;
  };
  // Those that were taken before all of a bucket are compared.
  const met = new Set<number>();
  const place = (x: number, y: number): number => Math.min(x, y) * count + Math.max(x, y);
  const unlessJoined = (x: number, y: number): void => {
    if (joined.find(x) !== joined.find(y) && compare(x, y)) met.add(place(x, y));
  };

  for (const [x, y] of related) {
    await breather.turn();
    compare(x, y, 0);
    met.add(place(x, y));
  }
  const rows = Int32Array.from({ length: count }, (_, content) => content);
  const crowds: (Uint8Array | null)[] = [];
  const crowded = new Uint8Array(count);
  for (const [band, own] of keys.entries()) {
    const order = sortBy(rows, Float64Array.from(own));
    let inCrowd: Uint8Array | null = null;
    for (let from = 0, to = 0; from < count; from = to) {
      const key = own[order[from]!]!;
      for (to = from + 1; to < count && own[order[to]!] === key;) to++;
      if (to - from === 1 || key === 0) continue;
      await breather.turn();
      const bucket = order.subarray(from, to);
      if (bucket.length > crowd) {
        inCrowd ??= new Uint8Array(count);
        for (const content of bucket) inCrowd[content] = crowded[content] = 1;
        await compareSome(bucket, sides, unlessJoined, breather);
        continue;
      }
      for (let i = 0; i < bucket.length; i++) {
        for (let j = i + 1; j < bucket.length; j++) {
          const [x, y] = [bucket[i]!, bucket[j]!];
          if (!comparedBefore(x, y, band, keys, crowds) && !met.has(place(x, y))) compare(x, y);
        }
      }
    }
    crowds.push(inCrowd);
  }
  return {
    a: Int32Array.from(found.a),
    b: Int32Array.from(found.b),
    similarity: Float64Array.from(found.similarity),
    crowded: crowded.reduce((sum, one) => sum + one, 0),
  };
}

/** Whether an earlier band brought the two together, in a bucket where all were compared. */
function comparedBefore(
  a: number,
  b: number,
  band: number,
  keys: readonly Uint32Array[],
  crowds: readonly (Uint8Array | null)[],
): boolean {
  for (let earlier = 0; earlier < band; earlier++)
    if (keys[earlier]![a] === keys[earlier]![b] && crowds[earlier]?.[a] !== 1) return true;
  return false;
}

/** In the order of their texts, where like stands beside like: each with the first ones and with those after it. */
async function compareSome(
  bucket: Int32Array,
  sides: Contents["sides"],
  compare: (x: number, y: number) => void,
  breather: Breather,
): Promise<void> {
  const sorted = Array.from(bucket).sort((a, b) => (before(sides[a]!, sides[b]!) ? -1 : 1));
  for (let i = 0; i < sorted.length; i++) {
    if ((i & 255) === 0) await breather.turn();
    for (let j = 0; j < Math.min(neighbours, i); j++) compare(sorted[j]!, sorted[i]!);
    for (let j = i + 1; j <= Math.min(i + neighbours, sorted.length - 1); j++)
      compare(sorted[i]!, sorted[j]!);
  }
}

/** The similarity of two contents, 0 where a side's sizes alone say that it is below the bar. Sets are made when first asked for. */
function similarities(
  sides: Contents["sides"],
  cut: ReturnType<typeof shingler>,
): (x: number, y: number, bar: number) => number {
  const sets = new Map<number, readonly Uint32Array[]>();
  const setsOf = (content: number): readonly Uint32Array[] => {
    let own = sets.get(content);
    if (own === undefined)
      sets.set(content, (own = sides[content]!.map((text, side) => shingleSet(cut.side(text, side)))));
    return own;
  };
  return (x, y, bar) => {
    const [own, others] = [setsOf(x), setsOf(y)];
    let least = 1;
    for (let side = 0; side < own.length && least >= bar; side++) {
      const [a, b] = [own[side]!, others[side]!];
      const most = Math.min(a.length, b.length) / Math.max(a.length, b.length, 1);
      least = Math.min(least, most < bar && a.length + b.length > 0 ? 0 : jaccard(a, b));
    }
    return least;
  };
}
