/** Where the regions of one map lie in another: a table, the overlap of each, Cohen's kappa. */

import { cohenKappa } from "../measure/cohen-kappa.js";
import { regionNames, type Region } from "../../map/map.js";

export interface RegionOverlap {
  readonly region: Region;
  /** Examples of this region in the one run, in the other, in both. */
  readonly first: number;
  readonly second: number;
  readonly both: number;
  /** Those in both of those in either. null where there are none. */
  readonly jaccard: number | null;
}

export interface RegionAgreement {
  /** Examples that have a region in both. */
  readonly size: number;
  /** Region in the first run x region in the second, in the order of `regionNames`. */
  readonly table: readonly (readonly number[])[];
  /** Share that is in the same region in both; null of none. */
  readonly agreement: number | null;
  /** Cohen 1960: agreement beyond what the regions' sizes alone would give. null where that is all or nothing is compared. */
  readonly kappa: number | null;
  readonly overlaps: readonly RegionOverlap[];
}

/** @param first region of each shared example as an index into `regionNames`, NaN where it has none */
export function compareRegions(first: Float64Array, second: Float64Array): RegionAgreement {
  const table = regionNames.map(() => regionNames.map(() => 0));
  let size = 0;
  for (let i = 0; i < first.length; i++) {
    const row = table[first[i]!];
    const column = second[i]!;
    if (row === undefined || Number.isNaN(column)) continue;
    row[column]!++;
    size++;
  }
  const firsts = table.map((row) => row.reduce((sum, n) => sum + n, 0));
  const seconds = regionNames.map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0));
  const same = table.reduce((sum, row, at) => sum + row[at]!, 0);
  return {
    size,
    table,
    agreement: size === 0 ? null : same / size,
    kappa: cohenKappa(first, second),
    overlaps: regionNames.map((region, at) => {
      const both = table[at]![at]!;
      const either = firsts[at]! + seconds[at]! - both;
      return {
        region,
        first: firsts[at]!,
        second: seconds[at]!,
        both,
        jaccard: either === 0 ? null : both / either,
      };
    }),
  };
}
