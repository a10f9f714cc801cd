/**
 * Facility location: a set S is worth the sum over all examples of their similarity to the nearest of S, (1 + cosine) / 2. Greedily, each next
 * one is that which adds most (Nemhauser et al. 1978). What an example adds never grows as S does, so its last known gain is a bound, and only the
 * highest is computed anew (Minoux 1978): the set is that of the plain algorithm, of equal gains the first.
 *
 * All similarities are never held. Threads share the examples to cover; how each computes gains, `facility-share.ts` tells. Nearly all candidates are
 * compared with all examples once, size^2 x width multiplications, and with a part of them some more times: 2.4 times as much in all for 100 of 10,000
 * x 384.
 */

import { defaultThreads, workerFile } from "../core/threads.js";
import { Breather } from "../core/stop.js";
import { BoundHeap } from "./bound-heap.js";
import { makeShare, mostTogether, shareRoom, type ShareSetup } from "./facility-share.js";
import { packVectors, type PackedVectors } from "./packed-vectors.js";
import { columnsTogether, roundUp } from "./product-kernel.js";
import { openParts } from "./parallel.js";
import type { Vectors } from "./source.js";

/** Multiplications of all pairs that are less work than starting threads. */
const worthThreads = 2e9;

export interface FacilityOptions {
  readonly count: number;
  /** The result does not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  /** Examples behind gains that are remembered, 8 bytes each; the result does not depend on it. Default: 2^25, 256 MB. */
  readonly remembered?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param rows the examples to choose from and to cover
 * @returns positions in `rows`, in the order in which they are taken
 */
export async function facilityLocation(
  vectors: Vectors,
  rows: Int32Array,
  { count, threads = defaultThreads(), remembered = 2 ** 25, signal }: FacilityOptions,
): Promise<Int32Array> {
  const pairs = rows.length ** 2 * vectors.width;
  const many = pairs < worthThreads ? 1 : Math.max(1, Math.min(threads, rows.length >> 10));
  const packed = packVectors(vectors, rows, (width) =>
    Array.from({ length: many }, () => shareRoom(width)).flat(),
  );
  const shares = openParts(
    planShares(packed, many, remembered) as [ShareSetup, ...ShareSetup[]],
    makeShare,
    workerFile("./facility-worker.js", import.meta.url),
  );
  const breather = new Breather(signal);
  const heap = new BoundHeap(boundsAlone(packed));
  /** How many were taken when an example's gain was computed. */
  const computed = new Int32Array(packed.size).fill(-1);
  const chosen = new Int32Array(count);
  try {
    let taken = -1;
    let together = 1;
    for (let found = 0; found < count;) {
      await breather.turn();
      if (computed[heap.top] === found) {
        taken = heap.pop();
        chosen[found++] = taken;
        together = 1;
        if (found === count) break;
      }
      const candidates: number[] = [];
      while (candidates.length < together && heap.size > 0 && computed[heap.top] !== found) {
        candidates.push(heap.pop());
      }
      const parts = await shares.ask({ taken, candidates: Int32Array.from(candidates) });
      candidates.forEach((candidate, i) => {
        computed[candidate] = found;
        heap.push(
          candidate,
          parts.reduce((sum, part) => sum + part[i]!, 0),
        );
      });
      taken = -1;
      together = Math.min(mostTogether, 2 * together);
    }
  } finally {
    shares.close();
  }
  return chosen;
}

function planShares(
  { memory, values, size, width }: PackedVectors,
  many: number,
  remembered: number,
): ShareSetup[] {
  const each = roundUp(Math.ceil(size / many), columnsTogether);
  const capacity = Math.ceil(Math.min(size, remembered / size) / many);
  return Array.from({ length: many }, (_, part) => ({
    memory: memory.memory,
    values,
    size,
    width,
    from: Math.min(size, part * each),
    to: Math.min(size, (part + 1) * each),
    capacity,
    room: shareRoom(width).map((length) => memory.floats(length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ],
  }));
}

/** A bound on what each adds to nothing: the sum of 1 + cosine over all, by the sum of all vectors, and what rounding may add. */
function boundsAlone({ size, width, values }: PackedVectors): Float64Array {
  const sum = new Float64Array(width);
  for (let i = 0; i < size; i++) for (let j = 0; j < width; j++) sum[j]! += values[i * width + j]!;
  const bounds = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let product = 0;
    for (let j = 0; j < width; j++) product += values[i * width + j]! * sum[j]!;
    bounds[i] = size + product + 1e-5 * size;
  }
  return bounds;
}
