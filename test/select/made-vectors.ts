/** Vectors made from a seed, and products in double precision to hold single precision to. */

import { Random } from "../../src/core/random.js";
import type { Vectors } from "../../src/select/source.js";

/** Unit vectors around a few directions, some of them twice. */
export function madeVectors(size: number, width: number, seed: number, centers = 5): Vectors {
  const random = new Random(seed);
  const middles = Float64Array.from({ length: centers * width }, () => random.normal());
  const values = new Float32Array(size * width);
  for (let i = 0; i < size; i++) {
    if (i > 0 && random.below(10) === 0) {
      values.copyWithin(i * width, (i - 1) * width, i * width);
      continue;
    }
    const center = random.below(centers) * width;
    const vector = Float64Array.from(
      { length: width },
      (_, j) => (middles[center + j] ?? 0) + random.normal(),
    );
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    values.set(
      vector.map((x) => x / length),
      i * width,
    );
  }
  return { width, values };
}

export function product({ width, values }: Vectors, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (values[i * width + k] ?? 0) * (values[j * width + k] ?? 0);
  return sum;
}

export function squaredDistance({ width, values }: Vectors, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += ((values[i * width + k] ?? 0) - (values[j * width + k] ?? 0)) ** 2;
  return sum;
}

export function upTo(size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => i);
}
