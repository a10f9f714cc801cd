/** Sorting row numbers by a number of each: one radix sort over the bits of the doubles, where a comparison a callback would take ten times as long. */

const digits = 4;
const values = 1 << 16;
/** Below this many, comparing is faster than counting 65,536 values four times. */
const few = 4096;

/**
 * The rows in ascending order of their keys; rows of equal keys keep their order.
 *
 * @param rows indices into `keys`, each once
 * @param keys none of those that `rows` names is NaN; 0 and -0 are equal
 */
export function sortBy(rows: Int32Array, keys: Float64Array): Int32Array {
  if (rows.length < few) return rows.slice().sort((a, b) => (keys[a] as number) - (keys[b] as number) || 0);
  const own = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place++) own[place] = (keys[rows[place] as number] as number) + 0;
  const words = new Uint32Array(own.buffer);
  sortable(words);
  // What is moved is a place in `rows`; words and rows stay where they are.
  let order = new Uint32Array(rows.length);
  for (let place = 0; place < rows.length; place++) order[place] = place;
  let next = new Uint32Array(rows.length);
  const counts = new Uint32Array(values + 1);
  for (let digit = 0; digit < digits; digit++) {
    const half = digit >> 1;
    const shift = (digit & 1) * 16;
    counts.fill(0);
    for (let place = 0; place < rows.length; place++) {
      counts[(((words[2 * place + half] as number) >>> shift) & 0xffff) + 1]!++;
    }
    // A digit that all share orders nothing.
    if (counts.includes(rows.length)) continue;
    for (let value = 1; value <= values; value++) counts[value]! += counts[value - 1] as number;
    for (let at = 0; at < rows.length; at++) {
      const place = order[at] as number;
      next[counts[((words[2 * place + half] as number) >>> shift) & 0xffff]!++] = place;
    }
    [order, next] = [next, order];
  }
  const sorted = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at++) sorted[at] = rows[order[at] as number] as number;
  return sorted;
}

/** Turns the bits of doubles (little-endian) into integers of the same order: of negative ones all bits, of others the sign. */
function sortable(words: Uint32Array): void {
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1] as number;
    if (high >>> 31 === 1) {
      words[at] = ~(words[at] as number);
      words[at + 1] = ~high;
    } else words[at + 1] = high | 0x8000_0000;
  }
}
