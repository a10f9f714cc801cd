/** How many examples each region of a map has, and where they lie. */

import { regionNames, type DataMap, type Region } from "../map/map.js";
import { hasPlace } from "./area.js";

export interface Members {
  readonly count: number;
  /** Mean place. */
  readonly variability: number;
  readonly confidence: number;
}

/** Of the examples that have a place on the map. */
export function regionMembers({
  regions,
  confidence,
  variability,
}: DataMap): Record<Region, Members> & { total: number; leastAmbiguous: number } {
  const count = [0, 0, 0];
  const across = [0, 0, 0];
  const up = [0, 0, 0];
  let leastAmbiguous = Infinity;
  for (let i = 0; i < regions.length; i++) {
    const region = regions[i]!;
    if (region >= regionNames.length || !hasPlace(confidence[i]!, variability[i]!)) continue;
    count[region]!++;
    across[region]! += variability[i]!;
    up[region]! += confidence[i]!;
    if (region === 1 && variability[i]! < leastAmbiguous) leastAmbiguous = variability[i]!;
  }
  const members = (region: number): Members => {
    const n = count[region] ?? 0;
    return { count: n, variability: (across[region] ?? 0) / n, confidence: (up[region] ?? 0) / n };
  };
  return {
    "easy-to-learn": members(0),
    ambiguous: members(1),
    "hard-to-learn": members(2),
    total: count.reduce((sum, n) => sum + n, 0),
    leastAmbiguous,
  };
}
