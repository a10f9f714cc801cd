/**
 * Greedy k-center: each next center is the example farthest from its nearest center. An example's distance to the nearest of the centers that it has
 * been compared with is never less than that to the nearest of all: so it is compared with further centers only while that bound is the highest of
 * all, and left as soon as it is not. The same centers come out as by comparing everything with everything; of equally far examples the first.
 *
 * Memory: the vectors once more, and those of the centers.
 */

import { Breather } from "../core/stop.js";
import { BoundHeap } from "./bound-heap.js";
import { addressOf, packVectors } from "./packed-vectors.js";
import { columnsTogether, roundUp } from "./product-kernel.js";
import type { Vectors } from "./source.js";

/** Centers that an example is compared with before its bound is looked at again. */
const centersTogether = 16;
const comparisonsATurn = 256;

/**
 * @param rows the examples to choose from
 * @param first position in `rows` of the first center
 * @returns positions in `rows`, in the order in which they become centers
 */
export async function farthestFirst(
  vectors: Vectors,
  rows: Int32Array,
  {
    count,
    first,
    signal,
  }: { readonly count: number; readonly first: number; readonly signal?: AbortSignal | undefined },
): Promise<Int32Array> {
  const places = roundUp(count, centersTogether);
  const packed = packVectors(vectors, rows, (width) => [places * width, centersTogether]);
  const { width, values, squares, memory, products } = packed;
  const centers = memory.floats(places * width);
  const centerSquares = new Float64Array(count);
  const out = memory.floats(centersTogether);
  const chosen = new Int32Array(count);
  /** How many centers each has been compared with. */
  const compared = new Int32Array(rows.length);
  const heap = new BoundHeap(new Float64Array(rows.length).fill(Infinity));
  const breather = new Breather(signal);
  let found = 0;
  const add = (at: number): void => {
    centers.set(values.subarray(at * width, (at + 1) * width), found * width);
    centerSquares[found] = squares[at]!;
    chosen[found++] = at;
  };
  // The first of all is no example's nearest yet: it leaves the heap when its turn comes.
  compared[first] = -1;
  if (count > 0) add(first);
  for (let turn = 1; found < count; turn++) {
    if (turn % comparisonsATurn === 0) await breather.turn();
    const at = heap.top;
    if (compared[at] === -1) {
      heap.pop();
      continue;
    }
    let bound = heap.bounds[at]!;
    let next = compared[at]!;
    while (next < found && heap.leads(at, bound)) {
      const end = Math.min(found, next + centersTogether);
      products(
        addressOf(packed, at),
        centers.byteOffset + 4 * next * width,
        out.byteOffset,
        1,
        roundUp(end - next, columnsTogether),
        width,
      );
      for (let c = next; c < end; c++) {
        const distance = Math.max(0, squares[at]! + centerSquares[c]! - 2 * out[c - next]!);
        if (distance < bound) bound = distance;
      }
      next = end;
    }
    compared[at] = next;
    if (next === found && heap.leads(at, bound)) {
      heap.pop();
      add(at);
    } else {
      heap.lower(bound);
    }
  }
  return chosen;
}
