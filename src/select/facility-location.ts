/**
 * Facility location: a set S is worth the sum over all examples of their similarity to the nearest of S, (1 + cosine) / 2. Greedily, each next
 * one is that which adds most (Nemhauser et al. 1978). What an example adds never grows as S does, so its last known gain is a bound, and only the
 * highest is computed anew (Minoux 1978): the set is that of the plain algorithm, of equal gains the first.
 *
 * All similarities are never held. A gain that is computed from the vectors leaves behind the few examples that it comes from: those that
 * are nearer to the candidate than to S. They only become fewer, so the next time the gain is summed over them alone. They are kept while they fit
 * into `keptEntries` and computed from the vectors otherwise. Nearly all candidates are computed at least once, and several times while few are taken
 * and every gain comes from too many to be kept: size^2 x width multiplications, some seven times over. Measured: 20,000 x 384, 100 taken, two
 * minutes of one processor and 400 MB.
 */

import { Breather } from "../train/stop.js";
import { BoundHeap } from "./bound-heap.js";
import { addressOf, blockSize, packVectors, type PackedVectors } from "./packed-vectors.js";
import { columnsTogether, roundUp } from "./product-kernel.js";
import type { Vectors } from "./source.js";

/** Examples behind gains that are kept: 8 bytes each, 256 MB in all. */
const keptEntries = 2 ** 25;
/** Candidates whose gains are computed in one pass over the vectors, at most. */
const mostTogether = 32;

/**
 * @param rows the examples to choose from and to cover
 * @returns positions in `rows`, in the order in which they are taken
 */
export async function facilityLocation(
  vectors: Vectors,
  rows: Int32Array,
  { count, signal }: { readonly count: number; readonly signal?: AbortSignal | undefined },
): Promise<Int32Array> {
  const packed = packVectors(vectors, rows, (width) => [mostTogether * width, mostTogether * blockSize]);
  const gains = new Gains(packed);
  const heap = new BoundHeap(gains.ofEachAlone());
  const breather = new Breather(signal);
  /** How many were taken when an example's gain was computed. Alone, rounding aside, everything is known. */
  const computed = new Int32Array(packed.size).fill(-1);
  const chosen = new Int32Array(count);
  let together = 1;
  for (let found = 0; found < count;) {
    await breather.turn();
    if (computed[heap.top] === found) {
      const next = heap.pop();
      gains.take(next);
      chosen[found++] = next;
      together = 1;
      continue;
    }
    const stale: number[] = [];
    while (stale.length < together && heap.size > 0 && computed[heap.top] !== found) stale.push(heap.pop());
    const renewed = gains.of(stale);
    stale.forEach((candidate, i) => {
      computed[candidate] = found;
      heap.push(candidate, renewed[i]!);
    });
    together = Math.min(mostTogether, 2 * together);
  }
  return chosen;
}

/** What it adds, from which examples. */
interface Origins {
  readonly rows: Int32Array;
  readonly cosines: Float32Array;
  length: number;
}

class Gains {
  /** Of each example, the cosine to the nearest that is taken. */
  readonly #nearest: Float32Array;
  readonly #origins: (Origins | null)[];
  #kept = 0;
  readonly #left: Float32Array;
  readonly #products: Float32Array;
  /** Origins of the candidates that are being computed; a candidate with more than fit is not kept. */
  readonly #fresh: Origins[];

  constructor(private readonly packed: PackedVectors) {
    this.#nearest = new Float32Array(packed.size).fill(-1);
    this.#origins = new Array<Origins | null>(packed.size).fill(null);
    this.#left = packed.memory.floats(mostTogether * packed.width);
    this.#products = packed.memory.floats(mostTogether * blockSize);
    const capacity = Math.ceil(packed.size / 8);
    this.#fresh = Array.from({ length: mostTogether }, () => ({
      rows: new Int32Array(capacity),
      cosines: new Float32Array(capacity),
      length: 0,
    }));
  }

  /** A bound on what each adds to nothing: the sum of 1 + cosine over all, by the sum of all vectors, and what rounding may add. */
  ofEachAlone(): Float64Array {
    const { size, width, values } = this.packed;
    const sum = new Float64Array(width);
    for (let i = 0; i < size; i++) for (let j = 0; j < width; j++) sum[j]! += values[i * width + j]!;
    const gains = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let product = 0;
      for (let j = 0; j < width; j++) product += values[i * width + j]! * sum[j]!;
      gains[i] = size + product + 1e-5 * size;
    }
    return gains;
  }

  /** What each of these adds now. */
  of(candidates: readonly number[]): Float64Array {
    const gains = new Float64Array(candidates.length);
    const unknown: number[] = [];
    candidates.forEach((candidate, i) => {
      const origins = this.#origins[candidate];
      if (origins) gains[i] = this.#sumOrigins(candidate, origins);
      else unknown.push(i);
    });
    if (unknown.length > 0) {
      const computed = this.#compute(unknown.map((i) => candidates[i]!));
      unknown.forEach((i, at) => (gains[i] = computed[at]!));
    }
    return gains;
  }

  /** Adds an example to what is taken. */
  take(candidate: number): void {
    if (!this.#origins[candidate]) this.#compute([candidate], true);
    const { rows, cosines, length } = this.#origins[candidate] ?? this.#fresh[0]!;
    const nearest = this.#nearest;
    for (let i = 0; i < length; i++) nearest[rows[i]!] = Math.max(nearest[rows[i]!]!, cosines[i]!);
    this.#drop(candidate);
  }

  /** Sums in the order of the rows, as computing from the vectors does. */
  #sumOrigins(candidate: number, origins: Origins): number {
    const { rows, cosines } = origins;
    const nearest = this.#nearest;
    let sum = 0;
    let left = 0;
    for (let i = 0; i < origins.length; i++) {
      const row = rows[i]!;
      const gain = cosines[i]! - nearest[row]!;
      if (!(gain > 0)) continue;
      sum += gain;
      rows[left] = row;
      cosines[left++] = cosines[i]!;
    }
    origins.length = left;
    if (2 * left < rows.length) {
      this.#drop(candidate);
      this.#keep(candidate, origins);
    }
    return sum;
  }

  /** @param taking the origins of the only candidate are wanted, however many there are: its own updates are made at once */
  #compute(candidates: readonly number[], taking = false): Float64Array {
    const { packed } = this;
    const { width, size } = packed;
    const nearest = this.#nearest;
    const products = this.#products;
    const gains = new Float64Array(candidates.length);
    candidates.forEach((candidate, i) => {
      this.#left.set(packed.values.subarray(candidate * width, (candidate + 1) * width), i * width);
      this.#fresh[i]!.length = 0;
    });
    const capacity = this.#fresh[0]!.rows.length;
    for (let first = 0; first < size; first += blockSize) {
      const count = Math.min(blockSize, size - first);
      const columns = roundUp(count, columnsTogether);
      packed.products(
        this.#left.byteOffset,
        addressOf(packed, first),
        products.byteOffset,
        candidates.length,
        columns,
        width,
      );
      for (let i = 0; i < candidates.length; i++) {
        const fresh = this.#fresh[i]!;
        let sum = gains[i]!;
        let length = fresh.length;
        for (let row = first, at = i * columns; row < first + count; row++, at++) {
          const cosine = products[at]!;
          const gain = cosine - nearest[row]!;
          if (!(gain > 0)) continue;
          sum += gain;
          if (taking) nearest[row] = cosine;
          else if (length < capacity) {
            fresh.rows[length] = row;
            fresh.cosines[length] = cosine;
          }
          length++;
        }
        fresh.length = length;
        gains[i] = sum;
      }
    }
    candidates.forEach((candidate, i) => {
      if (taking) this.#fresh[i]!.length = 0;
      else this.#keep(candidate, this.#fresh[i]!);
    });
    return gains;
  }

  #keep(candidate: number, { rows, cosines, length }: Origins): void {
    if (length > rows.length || this.#kept + length > keptEntries) return;
    this.#kept += length;
    this.#origins[candidate] = { rows: rows.slice(0, length), cosines: cosines.slice(0, length), length };
  }

  #drop(candidate: number): void {
    this.#kept -= this.#origins[candidate]?.rows.length ?? 0;
    this.#origins[candidate] = null;
  }
}
