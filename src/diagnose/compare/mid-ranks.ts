/**
 * Ranks of many values. Few are sorted. Of many (26 columns of ten million would take a minute) the rank is that of a bin: a first pass counts
 * by the leading bits of the double, a second cuts each of those stretches into as many equal bins as its share of the examples deserves. Distinct
 * values that fall into one bin share their mean rank, which is off by a 32,768th of the size at the most: fuller bins are sorted.
 */

import { sortBy } from "../../core/sort-by.js";

const mostSorted = 1 << 17;
const stretches = 1 << 16;
const bins = 1 << 20;
/** A bin with more than this part of all is sorted. */
const mostSharing = 1 << 14;

/** Ranks from 0; equals share the mean of theirs. Exact up to 131,072 values. @param values none is NaN */
export function midRanks(values: Float64Array): Float64Array {
  return values.length <= mostSorted ? sortedRanks(values) : binnedRanks(values);
}

export function sortedRanks(values: Float64Array): Float64Array {
  const order = sortBy(
    Int32Array.from({ length: values.length }, (_, row) => row),
    values,
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let end = from + 1;
    while (end < order.length && values[order[end]!] === values[order[from]!]) end++;
    for (let at = from; at < end; at++) ranks[order[at]!] = (from + end - 1) / 2;
    from = end;
  }
  return ranks;
}

export function binnedRanks(values: Float64Array): Float64Array {
  const n = values.length;
  const counts = new Uint32Array(stretches);
  const stretchOf = stretchReader(values);
  for (let i = 0; i < n; i++) counts[stretchOf(i)]!++;

  const base = new Uint32Array(stretches);
  const own = new Uint32Array(stretches);
  const low = new Float64Array(stretches);
  const scale = new Float64Array(stretches);
  let all = 0;
  for (let stretch = 0; stretch < stretches; stretch++) {
    if (counts[stretch] === 0) continue;
    base[stretch] = all;
    own[stretch] = Math.ceil((counts[stretch]! / n) * bins);
    low[stretch] = lowestOf(stretch);
    scale[stretch] = own[stretch]! / (lowestOf(stretch + 1) - low[stretch]!);
    all += own[stretch]!;
  }
  const bin = new Uint32Array(n);
  const held = new Uint32Array(all);
  for (let i = 0; i < n; i++) {
    const stretch = stretchOf(i);
    // Of the infinite there is one stretch, whose width is no number: all of it is its first bin.
    const within = Math.min(own[stretch]! - 1, ((values[i]! - low[stretch]!) * scale[stretch]!) | 0);
    bin[i] = base[stretch]! + within;
    held[bin[i]!]!++;
  }
  const rank = new Float64Array(all);
  let before = 0;
  for (let at = 0; at < all; at++) {
    rank[at] = before + (held[at]! - 1) / 2;
    before += held[at]!;
  }
  const ranks = new Float64Array(n);
  for (let i = 0; i < n; i++) ranks[i] = rank[bin[i]!]!;
  sortFullBins(values, ranks, bin, held);
  return ranks;
}

/** Where a bin holds many values that differ (a model so sure that all crowd below 1), they are sorted after all. */
function sortFullBins(values: Float64Array, ranks: Float64Array, bin: Uint32Array, held: Uint32Array): void {
  const full = Math.max(2, values.length / mostSharing);
  const seen = new Float64Array(held.length).fill(NaN);
  const mixed = new Uint8Array(held.length);
  for (let i = 0; i < values.length; i++) {
    const own = bin[i]!;
    if (held[own]! < full) continue;
    if (Number.isNaN(seen[own])) seen[own] = values[i]!;
    else if (seen[own] !== values[i]) mixed[own] = 1;
  }
  let count = 0;
  for (let i = 0; i < values.length; i++) count += mixed[bin[i]!]!;
  const rows = new Int32Array(count);
  for (let i = 0, at = 0; i < values.length; i++) if (mixed[bin[i]!] === 1) rows[at++] = i;
  const order = sortBy(rows, values);
  for (let start = 0; start < count;) {
    // The bins lie in the order of their values: what is sorted is bin after bin.
    const own = bin[order[start]!]!;
    const size = held[own]!;
    const first = ranks[order[start]!]! - (size - 1) / 2;
    for (let from = 0; from < size;) {
      let end = from + 1;
      while (end < size && values[order[start + end]!] === values[order[start + from]!]) end++;
      for (let at = from; at < end; at++) ranks[order[start + at]!] = first + (from + end - 1) / 2;
      from = end;
    }
    start += size;
  }
}

/** The stretch of a value: the leading 16 bits, turned so that they are in the order of the values; -0 counts as 0. */
function stretchReader(values: Float64Array): (at: number) => number {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  return (at) => {
    const high = words[2 * at + 1]!;
    if (high >>> 31 === 0 || values[at] === 0) return ((high | 0x8000_0000) >>> 16) & 0xffff;
    return (~high >>> 16) & 0xffff;
  };
}

const scratch = new DataView(new ArrayBuffer(8));

/** The lowest value of a stretch. */
function lowestOf(stretch: number): number {
  if (stretch >= stretches) return Infinity;
  const high = (stretch << 16) >>> 0;
  if (high >>> 31 === 1) scratch.setUint32(0, high & 0x7fff_ffff);
  else scratch.setUint32(0, ~high >>> 0);
  scratch.setUint32(4, high >>> 31 === 1 ? 0 : 0xffff_ffff);
  return scratch.getFloat64(0);
}
