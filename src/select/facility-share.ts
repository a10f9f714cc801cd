/**
 * A share of the examples to cover, and what candidates add to it. A gain is computed in the cheapest of three ways:
 * - over the few examples that it comes from, once they are few enough to be remembered (only they can still matter: they become fewer, never more);
 * - over the examples that have come nearer to what is taken since the candidate was looked at last: all others give what they gave;
 * - over all examples.
 *
 * Cosines are rounded to multiples of 2^-24, about what single precision knows of them. Sums of these are exact in double precision, whatever
 * their order: a gain is the same by all three ways and in however many shares.
 */

import { columnsTogether, productKernel, roundUp, type Products } from "./product-kernel.js";
import type { MakePart } from "./parallel.js";

/** Candidates whose gains are computed in one pass, at most. */
export const mostTogether = 32;
/** Examples that are compared with these at a time: both stay in the processor's cache. */
export const blockRows = 256;
/** So many of the last steps' nearest cosines are kept. */
const keptSteps = 64;
/** What is added and subtracted again to round to a multiple of 2^-24. */
const rounder = 1.5 * 2 ** 28;

export interface ShareSetup {
  readonly memory: WebAssembly.Memory;
  /** Vectors of all examples, in the memory. */
  readonly values: Float32Array;
  readonly size: number;
  readonly width: number;
  /** The share: examples `from` to `to` - 1; `from` is a multiple of 4. */
  readonly from: number;
  readonly to: number;
  /** Remembered examples a candidate, at most. */
  readonly capacity: number;
  /** Room in the memory of this share's own, `shareRoom` numbers each. */
  readonly room: readonly [left: Float32Array, right: Float32Array, products: Float32Array];
}

export function shareRoom(width: number): [number, number, number] {
  return [mostTogether * width, blockRows * width, mostTogether * blockRows];
}

export interface ShareQuestion {
  /** Is taken first; -1: none. */
  readonly taken: number;
  /** At most `mostTogether` whose gains are wanted, none of them taken. */
  readonly candidates: Int32Array;
}

export const makeShare: MakePart<ShareSetup, ShareQuestion, Float64Array> = (setup) => {
  const share = new Share(setup);
  return ({ taken, candidates }) => {
    if (taken >= 0) share.take(taken);
    return share.gainsOf(candidates);
  };
};

/** Examples that a gain comes from, as places in the share, and their cosines. */
interface Origins {
  readonly places: Int32Array;
  readonly cosines: Float32Array;
  length: number;
}

class Share {
  readonly #rows: number;
  readonly #kernel: Products;
  /** How many are taken. */
  #step = 0;
  /** Of each example of the share, the cosine to the nearest that is taken; and as it was after so many steps, in turns. */
  readonly #nearest: Float32Array;
  readonly #earlier: Float32Array[];
  /** The step that last changed an example's nearest; and the examples, the last changed first. */
  readonly #changed: Int32Array;
  #recent: Int32Array;
  /** Of each candidate: its gain, and after how many steps; -1: not known. */
  readonly #gains: Float64Array;
  readonly #looked: Int32Array;
  /** Of each candidate, from how many examples its gain came when all were compared, times how many were taken. */
  readonly #spread: Float64Array;
  readonly #origins: (Origins | null)[];
  readonly #fresh: Origins[];

  constructor(private readonly setup: ShareSetup) {
    const { size, from, to, capacity, memory } = setup;
    this.#rows = to - from;
    this.#kernel = productKernel(memory);
    this.#nearest = new Float32Array(this.#rows).fill(-1);
    this.#earlier = [];
    this.#changed = new Int32Array(this.#rows);
    this.#recent = Int32Array.from({ length: this.#rows }, (_, i) => i);
    this.#gains = new Float64Array(size);
    this.#looked = new Int32Array(size).fill(-1);
    this.#spread = new Float64Array(size);
    this.#origins = new Array<Origins | null>(size).fill(null);
    this.#fresh = Array.from({ length: mostTogether }, () => emptyOrigins(capacity));
  }

  gainsOf(candidates: Int32Array): Float64Array {
    const whole: number[] = [];
    const changed: number[] = [];
    for (const candidate of candidates) {
      const origins = this.#origins[candidate];
      if (origins) this.#gains[candidate] = this.#sumOrigins(candidate, origins);
      else if (this.#worthWhole(candidate)) whole.push(candidate);
      else changed.push(candidate);
    }
    if (whole.length > 0) this.#compareAll(whole);
    if (changed.length > 0) this.#compareChanged(changed);
    for (const candidate of candidates) this.#looked[candidate] = this.#step;
    return Float64Array.from(candidates, (candidate) => this.#gains[candidate]!);
  }

  take(candidate: number): void {
    const nearest = this.#nearest;
    (this.#earlier[this.#step % keptSteps] ??= new Float32Array(this.#rows)).set(nearest);
    this.#step++;
    const origins = this.#origins[candidate];
    const raise = (place: number, cosine: number): void => {
      if (cosine <= nearest[place]!) return;
      nearest[place] = cosine;
      this.#changed[place] = this.#step;
    };
    if (origins) {
      for (let i = 0; i < origins.length; i++) raise(origins.places[i]!, origins.cosines[i]!);
    } else {
      this.#products([candidate], (first, count) => {
        const products = this.setup.room[2];
        for (let i = 0; i < count; i++) raise(first + i, products[i]! + rounder - rounder);
      });
    }
    this.#origins[candidate] = null;
    this.#moveChangedFirst();
  }

  #moveChangedFirst(): void {
    const [step, changed, recent] = [this.#step, this.#changed, this.#recent];
    const moved = new Int32Array(this.#rows);
    let front = 0;
    for (const place of recent) if (changed[place] === step) moved[front++] = place;
    for (const place of recent) if (changed[place] !== step) moved[front++] = place;
    this.#recent = moved;
  }

  /** How many examples have changed after this step. */
  #changedSince(step: number): number {
    let [low, high] = [0, this.#rows];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changed[this.#recent[middle]!]! > step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether all examples are compared: nothing else will do, it is hardly more work, or so few are to be expected that they are remembered. */
  #worthWhole(candidate: number): boolean {
    const looked = this.#looked[candidate]!;
    if (looked < 0 || this.#step - looked > keptSteps) return true;
    // The n-th of many alike is the nearest of so many as one in n.
    if (this.#step > looked && this.#spread[candidate]! <= this.setup.capacity * this.#step) return true;
    return this.#changedSince(looked) > 0.75 * this.#rows;
  }

  #sumOrigins(candidate: number, origins: Origins): number {
    const { places, cosines } = origins;
    const nearest = this.#nearest;
    let sum = 0;
    let left = 0;
    for (let i = 0; i < origins.length; i++) {
      const place = places[i]!;
      const gain = cosines[i]! - nearest[place]!;
      if (!(gain > 0)) continue;
      sum += gain;
      places[left] = place;
      cosines[left++] = cosines[i]!;
    }
    origins.length = left;
    if (2 * left < places.length) this.#origins[candidate] = copyOrigins(origins);
    return sum;
  }

  #compareAll(candidates: readonly number[]): void {
    const { capacity } = this.setup;
    const [, , products] = this.setup.room;
    const nearest = this.#nearest;
    candidates.forEach((candidate, i) => {
      this.#gains[candidate] = 0;
      this.#fresh[i]!.length = 0;
    });
    this.#products(candidates, (first, count, columns) => {
      candidates.forEach((candidate, i) => {
        const fresh = this.#fresh[i]!;
        const { places, cosines } = fresh;
        let sum = 0;
        let length = fresh.length;
        for (let place = first, at = i * columns; place < first + count; place++, at++) {
          const cosine = products[at]! + rounder - rounder;
          const gain = cosine - nearest[place]!;
          if (!(gain > 0)) continue;
          sum += gain;
          if (length < capacity) {
            places[length] = place;
            cosines[length] = cosine;
          }
          length++;
        }
        fresh.length = length;
        this.#gains[candidate]! += sum;
      });
    });
    candidates.forEach((candidate, i) => {
      const fresh = this.#fresh[i]!;
      this.#spread[candidate] = fresh.length * Math.max(1, this.#step);
      if (fresh.length <= capacity) this.#origins[candidate] = copyOrigins(fresh);
    });
  }

  #compareChanged(given: readonly number[]): void {
    const looked = this.#looked;
    const candidates = [...given].sort((a, b) => looked[a]! - looked[b]!);
    const { values, width, from } = this.setup;
    const [left, right, products] = this.setup.room;
    const [nearest, recent] = [this.#nearest, this.#recent];
    this.#gather(candidates);
    const rows = this.#changedSince(looked[candidates[0]!]!);
    for (let first = 0; first < rows; first += blockRows) {
      const count = Math.min(blockRows, rows - first);
      for (let i = 0; i < count; i++) {
        const row = (from + recent[first + i]!) * width;
        right.set(values.subarray(row, row + width), i * width);
      }
      // The block's examples stand the last changed first: only those looked at before have to learn of them.
      const last = this.#changed[recent[first]!]!;
      let learning = 0;
      while (learning < candidates.length && looked[candidates[learning]!]! < last) learning++;
      const columns = roundUp(count, columnsTogether);
      this.#kernel(left.byteOffset, right.byteOffset, products.byteOffset, learning, columns, width);
      for (let i = 0; i < learning; i++) {
        const candidate = candidates[i]!;
        const earlier = this.#earlier[looked[candidate]! % keptSteps]!;
        let lost = 0;
        for (let j = 0, at = i * columns; j < count; j++, at++) {
          const place = recent[first + j]!;
          const cosine = products[at]! + rounder - rounder;
          const before = cosine - earlier[place]!;
          if (!(before > 0)) continue;
          const now = cosine - nearest[place]!;
          lost += now > 0 ? before - now : before;
        }
        this.#gains[candidate]! -= lost;
      }
    }
  }

  #gather(candidates: readonly number[]): void {
    const { values, width, room } = this.setup;
    candidates.forEach((candidate, i) =>
      room[0].set(values.subarray(candidate * width, (candidate + 1) * width), i * width),
    );
  }

  /** Products with all examples of the share, block by block: `see` finds them in the room. */
  #products(
    candidates: readonly number[],
    see: (first: number, count: number, columns: number) => void,
  ): void {
    const { values, width, from, room } = this.setup;
    const [left, , products] = room;
    this.#gather(candidates);
    for (let first = 0; first < this.#rows; first += blockRows) {
      const count = Math.min(blockRows, this.#rows - first);
      const columns = roundUp(count, columnsTogether);
      const right = values.byteOffset + 4 * (from + first) * width;
      this.#kernel(left.byteOffset, right, products.byteOffset, candidates.length, columns, width);
      see(first, count, columns);
    }
  }
}

function emptyOrigins(capacity: number): Origins {
  return { places: new Int32Array(capacity), cosines: new Float32Array(capacity), length: 0 };
}

function copyOrigins({ places, cosines, length }: Origins): Origins {
  return { places: places.slice(0, length), cosines: cosines.slice(0, length), length };
}
