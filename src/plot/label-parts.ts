/** A map taken apart by label. */

import type { DataMap } from "../map/map.js";
import { hasPlace } from "./area.js";
import type { Coordinates } from "./density.js";

export interface LabelPart {
  readonly label: string;
  /** Its examples that have a place on the map. */
  readonly map: Coordinates & { readonly size: number };
  /** Mean. */
  readonly confidence: number;
}

/** Labels that have examples with a place on the map, the lowest mean confidence first. */
export function labelParts({ labels, confidence, variability, correctness }: DataMap): LabelPart[] {
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? null;
    if (label === null || !hasPlace(confidence[row]!, variability[row]!)) continue;
    const rows = rowsOf.get(label);
    if (rows === undefined) rowsOf.set(label, [row]);
    else rows.push(row);
  }
  const parts = Array.from(rowsOf, ([label, rows]) => {
    const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
    const own = take(confidence);
    return {
      label,
      map: {
        size: rows.length,
        confidence: own,
        variability: take(variability),
        correctness: take(correctness),
      },
      confidence: own.reduce((sum, value) => sum + value, 0) / rows.length,
    };
  });
  return parts.sort((a, b) => a.confidence - b.confidence || (a.label < b.label ? -1 : 1));
}
