/**
 * Seeded randomness: the same seed gives the same numbers on every machine. Everything random in Alidade starts from a
 * `Random` or, where an order must not depend on the order of rows, from `hashText` of an id.
 */

/** xoshiro128** (Blackman and Vigna 2018), its state filled from the seed by splitmix32. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any integer; its low 32 bits count. */
  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      return mix32(state);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return scrambled;
  }

  /** A number in [0, 1) with 32 random bits. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number in [0, limit), without bias. */
  below(limit: number): number {
    const rest = 0x1_0000_0000 % limit;
    for (;;) {
      const value = this.uint32();
      if (value < 0x1_0000_0000 - rest) return value % limit;
    }
  }

  /** A standard normal deviate (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return radius * Math.cos(2 * Math.PI * this.unit());
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { readonly length: number; [index: number]: unknown }>(items: T): T {
    const array = items as { length: number; [index: number]: unknown };
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = array[i];
      array[i] = array[j];
      array[j] = held;
    }
    return items;
  }

  /** The numbers 0 .. n-1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}

/** A well mixed 32-bit value of a whole number (the finaliser of splitmix32). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A seed of its own for each named part of a task, so that adding a part does not disturb the others. */
export function deriveSeed(seed: number, part: string): number {
  return hashText(part, seed) | 0;
}

/** A 32-bit hash of a text's UTF-16 code units under a seed (MurmurHash3's mixing). */
export function hashText(text: string, seed: number): number {
  let hash = mix32(seed ^ 0x2545f491) | 0;
  for (let i = 0; i < text.length; i++) {
    let unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    unit = Math.imul(rotate(unit, 15), 0x1b873593);
    hash = (Math.imul(rotate(hash ^ unit, 13), 5) + 0xe6546b64) | 0;
  }
  return mix32(hash ^ text.length);
}

/** A 53-bit hash of an id: the seeded rank that breaks ties and assigns folds, the same in every row order. */
export function hashId(id: string, seed: number): number {
  return hashText(id, seed) * 0x20_0000 + (hashText(id, seed ^ 0x5bd1e995) >>> 11);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
