/** Vectors of some rows in a memory of `product-kernel.ts`, in the order of these rows, and what is asked of them again and again. */

import {
  columnsTogether,
  lanes,
  productKernel,
  ProductMemory,
  roundUp,
  sizeOf,
  type Products,
} from "./product-kernel.js";
import type { Vectors } from "./source.js";

export interface PackedVectors {
  readonly memory: ProductMemory;
  readonly products: Products;
  /** How many vectors there are; behind them stand zeros up to a multiple of four. */
  readonly size: number;
  /** Numbers from one vector to the next: a multiple of eight. */
  readonly width: number;
  readonly values: Float32Array;
  /** Square of each vector's length. */
  readonly squares: Float64Array;
}

/** Vectors that are compared with a block of so many others at a time: a block stays in the processor's cache. */
export const blockSize = 512;

/**
 * @param extra numbers that the caller will take of the memory, as lengths of its pieces, given the padded width
 * @param constant whether a 1 stands behind each vector's numbers, for a model's intercept. Default: false.
 */
export function packVectors(
  vectors: Vectors,
  rows: Int32Array,
  extra: (width: number) => readonly number[],
  constant = false,
): PackedVectors {
  const width = roundUp(vectors.width + (constant ? 1 : 0), lanes);
  const places = roundUp(rows.length, columnsTogether) * width;
  const bytes = [places, ...extra(width)].reduce((sum, floats) => sum + sizeOf(floats), 0);
  const memory = new ProductMemory(bytes);
  const values = memory.floats(places);
  const squares = new Float64Array(rows.length);
  rows.forEach((row, at) => {
    const vector = vectors.values.subarray(row * vectors.width, (row + 1) * vectors.width);
    values.set(vector, at * width);
    let sum = 0;
    for (let j = 0; j < vector.length; j++) sum += vector[j]! * vector[j]!;
    squares[at] = sum;
    if (constant) values[at * width + vectors.width] = 1;
  });
  return { memory, products: productKernel(memory.memory), size: rows.length, width, values, squares };
}

/** Byte offset of a vector. */
export function addressOf({ values, width }: Pick<PackedVectors, "values" | "width">, at: number): number {
  return values.byteOffset + 4 * at * width;
}
