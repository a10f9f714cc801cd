import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { clusterExamples } from "../../src/select/clusters.js";
import { kMeans } from "../../src/select/k-means.js";
import { madeVectors, upTo } from "./made-vectors.js";

/** Distances of unit vectors from products in single precision. */
const rounding = 1e-5;

describe("k-means", () => {
  it.each([
    [400, 12, 7],
    [1300, 3, 20],
    [50, 8, 50],
    [30, 5, 99],
  ])(
    "of %i examples gives each its nearest centroid, and never gets worse",
    async (size, width, clusters) => {
      const { width: w, values } = madeVectors(size, width, size);
      const result = await kMeans({ vectors: { width: w, values }, rows: upTo(size), clusters, seed: 3 });
      expect(result.clusters).toBe(Math.min(size, clusters));
      let inertia = 0;
      for (let i = 0; i < size; i++) {
        const distances = Array.from({ length: result.clusters }, (_, c) => {
          let sum = 0;
          for (let j = 0; j < w; j++) {
            sum += ((values[i * w + j] ?? 0) - (result.centroids[c * w + j] ?? 0)) ** 2;
          }
          return sum;
        });
        const own = distances[result.assigned[i] ?? -1] ?? NaN;
        expect(own).toBeLessThan(Math.min(...distances) + rounding);
        expect(Math.abs((result.distances[i] ?? NaN) - own)).toBeLessThan(rounding);
        inertia += own;
      }
      expect(Math.abs((result.inertia.at(-1) ?? NaN) - inertia)).toBeLessThan(size * rounding);
      result.inertia.forEach((value, round) => {
        if (round > 0) expect(value).toBeLessThan((result.inertia[round - 1] ?? NaN) + size * 1e-6);
      });
    },
  );

  it("finds clusters that stand apart", async () => {
    const random = new Random(4);
    const values = new Float32Array(300 * 4);
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < 4; j++) values[4 * i + j] = 0.01 * random.normal() + (j === i % 3 ? 1 : 0);
    }
    const { assigned } = await kMeans({
      vectors: { width: 4, values },
      rows: upTo(300),
      clusters: 3,
      seed: 1,
    });
    const names = [assigned[0], assigned[1], assigned[2]];
    expect(new Set(names).size).toBe(3);
    expect([...assigned].every((cluster, i) => cluster === names[i % 3])).toBe(true);
  });

  it("gives equal vectors one cluster, and is the same in every order of the rows", async () => {
    const size = 200;
    const vectors = madeVectors(size, 6, 9);
    const order = new Random(2).permutation(size);
    const values = Float32Array.from(
      [...order].flatMap((row) => [...vectors.values.slice(6 * row, 6 * row + 6)]),
    );
    const ids = Array.from({ length: size }, (_, i) => `id ${i}`);
    const source = { ids, vectors: async () => vectors };
    const moved = {
      ids: Array.from(order, (row) => ids[row] ?? ""),
      vectors: async () => ({ width: 6, values }),
    };
    const clusters = await clusterExamples(source, 8, 5);
    expect(new Set(clusters).size).toBe(8);
    expect([...(await clusterExamples(moved, 8, 5))]).toEqual(Array.from(order, (row) => clusters[row]));
    for (let i = 1; i < size; i++) {
      const same = [0, 1, 2, 3, 4, 5].every(
        (j) => vectors.values[6 * i + j] === vectors.values[6 * (i - 1) + j],
      );
      if (same) expect(clusters[i]).toBe(clusters[i - 1]);
    }
  });

  it("stops when its signal says so", async () => {
    const signal = AbortSignal.abort();
    const vectors = madeVectors(50, 4, 1);
    await expect(kMeans({ vectors, rows: upTo(50), clusters: 3, seed: 0, signal })).rejects.toThrow(
      /stopped/,
    );
  });
});
