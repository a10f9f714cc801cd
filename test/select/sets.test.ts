/** Sets that are built example by example, each step held to its definition in double precision. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { BoundHeap } from "../../src/select/bound-heap.js";
import { facilityLocation } from "../../src/select/facility-location.js";
import { farthestFirst } from "../../src/select/farthest-first.js";
import { packVectors } from "../../src/select/packed-vectors.js";
import { ProductMemory, productKernel } from "../../src/select/product-kernel.js";
import { madeVectors, product, squaredDistance, upTo } from "./made-vectors.js";

/** Products of unit vectors in single precision are right to a few times 2^-24. */
const rounding = 1e-6;

describe("inner products", () => {
  it("are those of the definition at every shape, each the same wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer(),
        (rows, fours, eights, seed) => {
          const [columns, width] = [4 * fours, 8 * eights];
          const random = new Random(seed);
          const memory = new ProductMemory(4 * (7 * 48 + 16 * 48 + 7 * 16) + 3 * 64);
          const a = memory.floats(rows * width);
          for (let i = 0; i < a.length; i++) a[i] = random.normal();
          const b = memory.floats(columns * width);
          for (let i = 0; i < b.length; i++) b[i] = random.normal();
          const out = memory.floats(rows * columns);
          const products = productKernel(memory.memory);
          products(a.byteOffset, b.byteOffset, out.byteOffset, rows, columns, width);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              let sum = 0;
              for (let k = 0; k < width; k++) sum += (a[i * width + k] ?? 0) * (b[j * width + k] ?? 0);
              expect(Math.abs((out[i * columns + j] ?? NaN) - sum)).toBeLessThan(1e-4);
            }
          }
          const whole = out.slice();
          for (let i = 0; i < rows; i++) {
            products(a.byteOffset + 4 * i * width, b.byteOffset, out.byteOffset, 1, columns, width);
            expect(out.slice(0, columns)).toEqual(whole.slice(i * columns, (i + 1) * columns));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("need memory that can be had", () => {
    const rows = upTo(0);
    expect(() => packVectors({ width: 4, values: new Float32Array(0) }, rows, () => [2 ** 30])).toThrow(
      /vectors: need more than 4 GB, "4 GB"; choose among fewer examples/,
    );
  });
});

it("a heap of bounds gives the highest first, the smaller of equals first", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
      fc.integer(),
      (given, seed) => {
        const random = new Random(seed);
        const bounds = Float64Array.from(given);
        const heap = new BoundHeap(bounds.slice());
        const left = new Set(bounds.keys());
        while (left.size > 0) {
          const best = [...left].reduce((a, b) => ((bounds[b] ?? 0) > (bounds[a] ?? 0) ? b : a));
          expect(heap.top).toBe(best);
          const lower = (bounds[best] ?? 0) - random.below(3);
          const leads = [...left].every(
            (i) => i === best || (bounds[i] ?? 0) < lower || (bounds[i] === lower && best < i),
          );
          expect(heap.leads(best, lower)).toBe(leads);
          if (random.below(2) === 0) {
            heap.lower(lower);
            bounds[best] = lower;
          } else {
            expect(heap.pop()).toBe(best);
            left.delete(best);
          }
        }
        expect(heap.size).toBe(0);
      },
    ),
  );
});

describe("k-center", () => {
  it("takes an example that is farthest from all that are taken, each time", async () => {
    for (const [size, width, count] of [
      [90, 12, 90],
      [300, 5, 120],
      [257, 40, 30],
    ] as const) {
      const vectors = madeVectors(size, width, size);
      const chosen = await farthestFirst(vectors, upTo(size), { count, first: 7 });
      expect(chosen[0]).toBe(7);
      expect(new Set(chosen).size).toBe(count);
      const nearest = new Float64Array(size).fill(Infinity);
      for (let step = 0; step < count; step++) {
        const next = chosen[step] ?? -1;
        if (step > 0) expect(nearest[next]).toBeGreaterThan(Math.max(...nearest) - 4 * rounding);
        for (let i = 0; i < size; i++) {
          nearest[i] = Math.min(nearest[i] ?? Infinity, squaredDistance(vectors, i, next));
        }
      }
    }
  });

  it("among some rows gives positions among these", async () => {
    const vectors = madeVectors(60, 6, 2);
    const rows = upTo(60).filter((row) => row % 3 === 0);
    const values = Float32Array.from(
      [...rows].flatMap((row) => [...vectors.values.slice(6 * row, 6 * row + 6)]),
    );
    const alone = await farthestFirst({ width: 6, values }, upTo(20), { count: 9, first: 3 });
    expect(await farthestFirst(vectors, rows, { count: 9, first: 3 })).toEqual(alone);
  });
});

describe("facility location", () => {
  it("takes an example that adds most, each time", async () => {
    for (const [size, width, count, remembered] of [
      [70, 9, 70, 2 ** 20],
      [600, 6, 60, 2 ** 20],
      // Gains are computed anew, or from what has changed, where few or none are remembered.
      [150, 20, 150, 0],
      [600, 40, 90, 600 * 40],
    ] as const) {
      const vectors = madeVectors(size, width, size + 1);
      const chosen = await facilityLocation(vectors, upTo(size), { count, remembered });
      expect(new Set(chosen).size).toBe(count);
      const nearest = new Float64Array(size).fill(-1);
      for (const [step, next] of chosen.entries()) {
        const gain = (candidate: number): number => {
          let sum = 0;
          for (let i = 0; i < size; i++) {
            sum += Math.max(0, product(vectors, i, candidate) - (nearest[i] ?? 0));
          }
          return sum;
        };
        const left = upTo(size).filter((i) => !chosen.slice(0, step).includes(i));
        const most = Math.max(...left.map(gain));
        expect(gain(next)).toBeGreaterThan(most - size * rounding);
        for (let i = 0; i < size; i++) nearest[i] = Math.max(nearest[i] ?? 0, product(vectors, i, next));
      }
    }
  });

  it("takes the same with any number of threads, whatever is remembered", async () => {
    const size = 3072;
    const vectors = madeVectors(size, 256, 4);
    const one = await facilityLocation(vectors, upTo(size), { count: 40, threads: 1 });
    const options = { count: 40, remembered: 50 * size };
    expect(await facilityLocation(vectors, upTo(size), { ...options, threads: 1 })).toEqual(one);
    expect(await facilityLocation(vectors, upTo(size), { ...options, threads: 3 })).toEqual(one);
  });
});
