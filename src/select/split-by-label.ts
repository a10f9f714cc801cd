/** Rows apart by their label, in one pass: asking each label for its own takes as many passes as there are labels. */

/**
 * The rows of each label, in their order. Rows whose label is none of these (below 0) are of no label.
 *
 * @param gold the label of every row
 * @param labels how many there are
 */
export function splitByLabel(rows: Int32Array, gold: Int32Array, labels: number): Int32Array[] {
  const ends = new Int32Array(labels);
  for (const row of rows) {
    const label = gold[row] ?? -1;
    if (label >= 0) ends[label]! += 1;
  }
  const parts = Array.from(ends, (count) => new Int32Array(count));
  ends.fill(0);
  for (const row of rows) {
    const label = gold[row] ?? -1;
    if (label >= 0) parts[label]![ends[label]!++] = row;
  }
  return parts;
}
