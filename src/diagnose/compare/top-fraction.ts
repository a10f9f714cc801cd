/**
 * The easy, hard and ambiguous fraction of each map's shared examples, as `alidade select` takes them: by rank, equals at the cut in the order of a
 * hash of their ids.
 */

import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { hashId } from "../../core/random.js";
import { readingMaps } from "../../map/damaged-map.js";
import { layout } from "../../run/layout.js";

export const fractionNames = ["easy", "ambiguous", "hard"] as const;
export type FractionName = (typeof fractionNames)[number];

/** What each takes first. */
export const fractionRules: Readonly<
  Record<FractionName, { readonly coordinate: "confidence" | "variability"; readonly highest: boolean }>
> = {
  easy: { coordinate: "confidence", highest: true },
  ambiguous: { coordinate: "variability", highest: true },
  hard: { coordinate: "confidence", highest: false },
};

export interface TopFraction {
  /** 1 for each shared example that is taken. */
  readonly members: Uint8Array;
  readonly size: number;
  /** Examples that share the value at which the cut falls, where not all of them are taken; else 0. */
  readonly tied: number;
}

export interface FractionOverlap {
  readonly name: FractionName;
  /** Examples that each run's selection takes. */
  readonly first: number;
  readonly second: number;
  readonly both: number;
  /** Share of the smaller one that the other takes too; null where it is empty. */
  readonly overlap: number | null;
  readonly jaccard: number | null;
  /** The overlap of two random selections of these sizes. */
  readonly chance: number;
  /** Equals at each cut: which of them are taken follows a hash of their ids, alike in both. */
  readonly tied: readonly [number, number];
}

export interface TopFractionRequest {
  readonly name: FractionName;
  /** Of the shared examples, NaN where null. */
  readonly values: Float64Array;
  /** How many are taken; fewer where fewer have a value. */
  readonly size: number;
  readonly folder: string;
  /** The run's row of each shared example; null: the same. */
  readonly rows: Int32Array | null;
}

export async function topFraction({
  name,
  values,
  size,
  folder,
  rows,
}: TopFractionRequest): Promise<TopFraction> {
  const { coordinate, highest } = fractionRules[name];
  const sign = highest ? -1 : 1;
  const keys = knownKeys(values, sign);
  const n = Math.min(size, keys.length);
  const members = new Uint8Array(values.length);
  if (n === 0) return { members, size: 0, tied: 0 };
  const cut = nthSmallest(keys, n - 1);
  const equal: number[] = [];
  let taken = 0;
  for (let i = 0; i < values.length; i++) {
    const key = sign * values[i]!;
    if (key < cut) {
      members[i] = 1;
      taken++;
    } else if (key === cut) equal.push(i);
  }
  const rest = n - taken;
  if (rest === equal.length) {
    for (const i of equal) members[i] = 1;
    return { members, size: n, tied: 0 };
  }
  const ids = await idsOf(folder, coordinate, sign * cut);
  const ranked = equal.map((i) => {
    const id = ids.get(rows === null ? i : rows[i]!) ?? "";
    return { i, id, hash: hashId(id, 0) };
  });
  ranked.sort((a, b) => a.hash - b.hash || (a.id < b.id ? -1 : 1));
  for (const { i } of ranked.slice(0, rest)) members[i] = 1;
  return { members, size: n, tied: equal.length };
}

/** The values that are known, the sign of each turned by `sign`. */
function knownKeys(values: Float64Array, sign: 1 | -1): Float64Array {
  const keys = new Float64Array(values.length);
  let known = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) keys[known++] = sign * value;
  }
  return keys.subarray(0, known);
}

/** Ids by row of a map's examples with one value of a coordinate. */
async function idsOf(folder: string, coordinate: string, value: number): Promise<Map<number, string>> {
  return await readingMaps([folder], () =>
    withDatabase({}, async (database) => {
      const ids = new Map<number, string>();
      const sql =
        `SELECT "row", id FROM read_parquet(${fileLiteral(layout.map(folder))}) ` +
        `WHERE ${coordinate} = '${value}'::DOUBLE`;
      for await (const [rows = [], found = []] of database.chunks(sql)) {
        rows.forEach((row, i) => ids.set(Number(row), String(found[i])));
      }
      return ids;
    }),
  );
}

export function overlapOf(name: FractionName, first: TopFraction, second: TopFraction): FractionOverlap {
  const total = first.members.length;
  let both = 0;
  for (let i = 0; i < total; i++) both += first.members[i]! & second.members[i]!;
  const smaller = Math.min(first.size, second.size);
  const either = first.size + second.size - both;
  return {
    name,
    first: first.size,
    second: second.size,
    both,
    overlap: smaller === 0 ? null : both / smaller,
    jaccard: either === 0 ? null : both / either,
    chance: Math.max(first.size, second.size) / total,
    tied: [first.tied, second.tied],
  };
}

/** The value at a place of the ascending order, by Hoare's selection; reorders `keys`. */
export function nthSmallest(keys: Float64Array, place: number): number {
  let [low, high] = [0, keys.length - 1];
  while (low < high) {
    const [a, b, c] = [keys[low]!, keys[(low + high) >>> 1]!, keys[high]!];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [low, high];
    while (i <= j) {
      while (keys[i]! < pivot) i++;
      while (keys[j]! > pivot) j--;
      if (i > j) break;
      const held = keys[i]!;
      keys[i++] = keys[j]!;
      keys[j--] = held;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else return keys[place]!;
  }
  return keys[place]!;
}
