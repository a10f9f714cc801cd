/** Slices by how many words a text has. */

import { quantileBins } from "../quantile-bins.js";
import { rowsByKey, type Slice, type SliceSource } from "../slice.js";
import type { WordIndex } from "../word-index.js";

/** @param bins at most so many quantiles */
export function lengthSlices(
  { rows, size, minSupport }: SliceSource,
  { tokens, offsets }: WordIndex,
  field: string,
  bins: number,
): Slice[] {
  const lengths = new Float64Array(size).fill(NaN);
  rows.forEach((row, i) => {
    let words = 0;
    for (let place = offsets[i]!; place < offsets[i + 1]!; place++) if (tokens[place]! >= 0) words++;
    lengths[row] = words;
  });
  const { binOf, ranges } = quantileBins(lengths, rows, bins);
  if (ranges.length < 2) return [];
  return rowsByKey(rows, (row) => binOf[row]!, ranges.length).flatMap((own, bin): Slice[] => {
    const [low, high] = ranges[bin]!;
    const value = low === high ? `${low} ${low === 1 ? "word" : "words"}` : `${low} to ${high} words`;
    return own.length < minSupport ? [] : [{ kind: "length", field, value, rows: own }];
  });
}
