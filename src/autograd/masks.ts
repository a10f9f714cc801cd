/**
 * Dropout masks that cost next to nothing: views at random offsets into a long pool of scaled Bernoulli numbers. A mask
 * depends on the seed, the step and the site alone, never on what was asked before, so that a resumed training drops the
 * same. Two sites' masks may overlap in the pool, shifted against each other; the pool is drawn anew every `renewal` steps.
 */

import { deriveSeed, Random } from "../core/random.js";

const renewal = 128;
/** Offsets are multiples of this many numbers: a cache line. */
const alignment = 16;
/** Numbers among which offsets lie: as many as the mask has, within these. Fewer would soon repeat a short mask. */
const fewestOffsets = 1 << 16;
const mostOffsets = 1 << 20;

export class MaskPool {
  readonly #seed: number;
  readonly #rate: number;
  #pool = new Float32Array(0);
  #drawn = -1;

  /** @param rate share of zeros; the others are 1 / (1 - rate) */
  constructor(seed: number, rate: number) {
    this.#seed = seed;
    this.#rate = rate;
  }

  /**
   * The mask of one site in one step. Valid until the next step's first.
   *
   * @param step 0-based
   */
  mask(length: number, step: number, site: number): Float32Array {
    const range = Math.min(mostOffsets, 2 ** Math.ceil(Math.log2(Math.max(length, fewestOffsets))));
    this.#fill(length + range, Math.floor(step / renewal));
    const offset =
      new Random(deriveSeed(this.#seed, `step ${step} site ${site}`)).below(range / alignment) * alignment;
    return this.#pool.subarray(offset, offset + length);
  }

  /** A longer pool begins as the shorter one did. */
  #fill(length: number, drawing: number): void {
    if (drawing === this.#drawn && length <= this.#pool.length) return;
    this.#pool = new Float32Array(Math.max(length, this.#pool.length));
    this.#drawn = drawing;
    const random = new Random(deriveSeed(this.#seed, `pool ${drawing}`));
    const threshold = Math.round(this.#rate * 0x1_0000_0000);
    const kept = 1 / (1 - this.#rate);
    for (let i = 0; i < this.#pool.length; i++) this.#pool[i] = random.uint32() < threshold ? 0 : kept;
  }
}
