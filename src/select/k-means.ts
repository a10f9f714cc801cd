/**
 * k-means (Lloyd 1982) from a seeded k-means++ start (Arthur and Vassilvitskii 2007). An example belongs to its nearest centroid, the first of
 * equally near ones; a cluster that loses all gets the example that lies farthest from its own centroid. It ends when nothing moves.
 */

import { deriveSeed, Random } from "../core/random.js";
import { Breather } from "../core/stop.js";
import { addressOf, blockSize, packVectors, type PackedVectors } from "./packed-vectors.js";
import { columnsTogether, roundUp } from "./product-kernel.js";
import type { Vectors } from "./source.js";

export interface KMeansRequest {
  /** Of any length, any width. */
  readonly vectors: Vectors;
  /** The examples to cluster, in an order that does not depend on that of the dataset. */
  readonly rows: Int32Array;
  /** How many clusters, at least 1; no more than there are rows are made. */
  readonly clusters: number;
  readonly seed: number;
  /** At most so many rounds. Default: 30. */
  readonly rounds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Clustering {
  readonly clusters: number;
  /** Cluster of each row, in the order of `rows`. */
  readonly assigned: Int32Array;
  /** Squared distance of each row to its cluster's centroid. */
  readonly distances: Float64Array;
  /** clusters x width of the vectors, row-major. */
  readonly centroids: Float32Array;
  /** Sum of the squared distances after each round: never rises. */
  readonly inertia: readonly number[];
}

/** The start is chosen among this many rows: the first, which stand in random order. */
const mostInStart = 65_536;

/** Memory: the vectors once more, and 512 products a cluster. Time: rows x clusters x width a round. */
export async function kMeans(request: KMeansRequest): Promise<Clustering> {
  const { vectors, rows, rounds = 30, seed, signal } = request;
  const clusters = Math.min(request.clusters, rows.length);
  const columns = roundUp(clusters, columnsTogether);
  const packed = packVectors(vectors, rows, (width) => [columns * width, blockSize * columns, blockSize]);
  const state = new State(packed, clusters, new Breather(signal));
  await state.start(new Random(deriveSeed(seed, "k-means")));
  const inertia = [await state.assign()];
  for (let round = 1; round < rounds; round++) {
    state.moveCentroids();
    const moved = state.moved;
    inertia.push(await state.assign());
    if (state.moved === moved) break;
  }
  const centroids = new Float32Array(clusters * vectors.width);
  for (let c = 0; c < clusters; c++) {
    centroids.set(
      state.centroids.subarray(c * packed.width, c * packed.width + vectors.width),
      c * vectors.width,
    );
  }
  return { clusters, assigned: state.assigned, distances: state.distances, centroids, inertia };
}

class State {
  readonly assigned: Int32Array;
  readonly distances: Float64Array;
  readonly centroids: Float32Array;
  /** How many changes of cluster there have been. */
  moved = 0;
  readonly #columns: number;
  readonly #products: Float32Array;

  constructor(
    private readonly packed: PackedVectors,
    private readonly clusters: number,
    private readonly breather: Breather,
  ) {
    this.#columns = roundUp(clusters, columnsTogether);
    this.centroids = packed.memory.floats(this.#columns * packed.width);
    this.#products = packed.memory.floats(blockSize * this.#columns);
    this.assigned = new Int32Array(packed.size).fill(-1);
    this.distances = new Float64Array(packed.size);
  }

  /** k-means++: each further centroid is an example, with a probability that grows as its squared distance to the nearest one so far. */
  async start(random: Random): Promise<void> {
    const { packed, clusters } = this;
    const size = Math.min(packed.size, Math.max(mostInStart, clusters));
    const nearest = new Float64Array(size).fill(Infinity);
    const taken = new Uint8Array(size);
    const products = packed.memory.floats(blockSize);
    let chosen = random.below(size);
    for (let c = 0; c < clusters; c++) {
      taken[chosen] = 1;
      this.centroids.set(
        packed.values.subarray(chosen * packed.width, (chosen + 1) * packed.width),
        c * packed.width,
      );
      if (c === clusters - 1) break;
      await this.breather.turn();
      let total = 0;
      for (let first = 0; first < size; first += blockSize) {
        const count = Math.min(blockSize, size - first);
        const padded = roundUp(count, columnsTogether);
        packed.products(
          addressOf(packed, chosen),
          addressOf(packed, first),
          products.byteOffset,
          1,
          padded,
          packed.width,
        );
        for (let i = 0; i < count; i++) {
          const row = first + i;
          const distance = packed.squares[row]! + packed.squares[chosen]! - 2 * products[i]!;
          // What rounding leaves between a vector and its copy is no distance.
          const squared = taken[row] === 1 || distance < 1e-6 * packed.squares[row]! ? 0 : distance;
          if (squared < nearest[row]!) nearest[row] = squared;
          total += nearest[row]!;
        }
      }
      chosen = draw(nearest, taken, total, random);
    }
  }

  /** Gives every example its nearest centroid. @returns the sum of the squared distances */
  async assign(): Promise<number> {
    const { packed, clusters, assigned, distances, centroids } = this;
    const columns = this.#columns;
    const products = this.#products;
    const squares = new Float64Array(clusters);
    for (let c = 0; c < clusters; c++) {
      for (let j = c * packed.width; j < (c + 1) * packed.width; j++)
        squares[c]! += centroids[j]! * centroids[j]!;
    }
    let inertia = 0;
    for (let first = 0; first < packed.size; first += blockSize) {
      await this.breather.turn();
      const count = Math.min(blockSize, packed.size - first);
      packed.products(
        addressOf(packed, first),
        centroids.byteOffset,
        products.byteOffset,
        count,
        columns,
        packed.width,
      );
      for (let i = 0; i < count; i++) {
        const row = first + i;
        let best = 0;
        let least = Infinity;
        for (let c = 0, at = i * columns; c < clusters; c++, at++) {
          const distance = squares[c]! - 2 * products[at]!;
          if (distance < least) {
            least = distance;
            best = c;
          }
        }
        if (assigned[row] !== best) this.moved++;
        assigned[row] = best;
        distances[row] = Math.max(0, packed.squares[row]! + least);
        inertia += distances[row];
      }
    }
    return inertia;
  }

  /** Each centroid becomes the mean of its examples. */
  moveCentroids(): void {
    const { packed, clusters, assigned, distances, centroids } = this;
    const { width, values } = packed;
    const sums = new Float64Array(clusters * width);
    const counts = new Float64Array(clusters);
    for (let row = 0; row < packed.size; row++) {
      const cluster = assigned[row]!;
      counts[cluster]!++;
      for (let j = 0, from = row * width, to = cluster * width; j < width; j++)
        sums[to + j]! += values[from + j]!;
    }
    const farthest = distances.slice();
    for (let c = 0; c < clusters; c++) {
      if (counts[c] === 0) {
        const row = indexOfLargest(farthest);
        farthest[row] = -1;
        centroids.set(values.subarray(row * width, (row + 1) * width), c * width);
      } else {
        for (let j = c * width; j < (c + 1) * width; j++) centroids[j] = sums[j]! / counts[c]!;
      }
    }
  }
}

/** An example with a probability in proportion to its weight; any that is not taken yet where all weights are 0. */
function draw(weights: Float64Array, taken: Uint8Array, total: number, random: Random): number {
  let rest = random.unit() * total;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i]!;
    if (rest < 0) return i;
  }
  return last >= 0 ? last : taken.indexOf(0);
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
