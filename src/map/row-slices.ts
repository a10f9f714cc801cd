/**
 * Where a map is cut into slices, which threads compute apart: the parts of the dynamics, of which few are cut further,
 * where row groups meet. The cuts depend on nothing but the size, so that threads change no byte of the map.
 */

import { partRows } from "../run/layout.js";
import { groupRows } from "../run/table-file.js";

/** Rows from `first` to before `end`, all in one part of the dynamics. */
export interface RowSlice {
  readonly part: number;
  readonly first: number;
  readonly end: number;
}

/** Slices that threads can share. */
const enough = 6;
/** Row groups of a slice at least, or so: to plan its query takes as long as to compute 20,000 rows. */
const fewestGroups = 2;

export function rowSlices(size: number): RowSlice[] {
  const parts = Math.ceil(size / partRows);
  return Array.from({ length: parts }, (_, part) => {
    const start = part * partRows;
    const rows = Math.min(partRows, size - start);
    const most = Math.max(1, Math.round(rows / (fewestGroups * groupRows)));
    const count = Math.min(most, Math.ceil(enough / parts));
    const cut = (slice: number): number =>
      slice === count ? rows : Math.round((slice * rows) / count / groupRows) * groupRows;
    return Array.from({ length: count }, (_, slice) => ({
      part,
      first: start + cut(slice),
      end: start + cut(slice + 1),
    }));
  }).flat();
}
