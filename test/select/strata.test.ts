/** Selections that are even over strata, clusters or distances. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { Random } from "../../src/core/random.js";
import type { SelectionSource, Vectors } from "../../src/select/source.js";
import { coverage } from "../../src/select/strategies/coverage.js";
import { prototypicality } from "../../src/select/strategies/prototypicality.js";
import { trajectory } from "../../src/select/strategies/trajectory.js";
import type { Chooser, Strategy } from "../../src/select/strategy.js";
import { upTo } from "./made-vectors.js";

describe("coverage", () => {
  it("is Algorithm 1 of the paper", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 12 }), async (seed, strata) => {
        const random = new Random(seed);
        const size = 40 + random.below(60);
        // All different: no tie at the cut. Unevenly spread: strata of different sizes.
        const scores = Float64Array.from(random.permutation(size), (place) => place ** 1.5);
        const count = 1 + random.below(Math.floor(size / 2));
        const chooser = await started(coverage, { scores }, { strata, hardest: 0.2 });
        if (chooser.kind !== "picker") throw new Error("a ranking");
        const taken = await chooser.pick(new Random(seed + 1).permutation(size), count);

        const kept = [...upTo(size)]
          .sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0))
          .slice(Math.floor(0.2 * size + 1e-9));
        const values = kept.map((row) => scores[row] ?? 0);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const stratumOf = (row: number): number =>
          Math.min(strata - 1, Math.floor((((scores[row] ?? 0) - low) / (high - low)) * strata));
        const members = Array.from({ length: strata }, (_, s) => kept.filter((row) => stratumOf(row) === s));
        let budget = count;
        const expected = new Map<number, number>();
        const waiting = new Set(members.keys());
        for (const s of [...waiting]) if (members[s]?.length === 0) waiting.delete(s);
        while (waiting.size > 0) {
          const smallest = [...waiting].reduce((a, b) =>
            (members[b]?.length ?? 0) < (members[a]?.length ?? 0) ? b : a,
          );
          const part = Math.min(members[smallest]?.length ?? 0, Math.floor(budget / waiting.size));
          expected.set(smallest, part);
          budget -= part;
          waiting.delete(smallest);
        }
        expect(taken.every((row) => kept.includes(row))).toBe(true);
        for (const [s, part] of expected) {
          expect(taken.filter((row) => stratumOf(row) === s)).toHaveLength(part);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("drops high values where they mean hard, and those without a score first of all", async () => {
    const scores = Float64Array.of(1, 2, 3, 4, 5, 6, 7, NaN, 9, 8);
    const hard = { score: "el2n", hardest: 0.3, strata: 2 };
    const chooser = await started(coverage, { scores }, hard);
    if (chooser.kind !== "picker") throw new Error("a ranking");
    expect([...(await chooser.pick(upTo(10), 7))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // More are asked for than would be left: no more than that are dropped.
    expect([...(await chooser.pick(upTo(10), 9))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9]);
  });
});

it("one stratum gives as many as are asked for, however many that is", async () => {
  const scores = Float64Array.from({ length: 400_000 }, (_, row) => row);
  const chooser = await started(coverage, { scores }, { strata: 1, hardest: 0 });
  if (chooser.kind !== "picker") throw new Error("a ranking");
  expect(new Set(await chooser.pick(upTo(400_000), 300_000)).size).toBe(300_000);
});

describe("trajectory", () => {
  it("takes as many of each way of being learned, and the rest from the larger ones", async () => {
    // Three kinds: never learned (5), learned at once (20), learned late (75).
    const kind = (row: number): number => (row < 5 ? 0 : row < 25 ? 1 : 2);
    const losses = new Float32Array(100 * 4);
    const shapes = [
      [3, 3, 3, 3],
      [1, 0, 0, 0],
      [3, 3, 1, 0],
    ];
    for (let row = 0; row < 100; row++) {
      losses.set(
        (shapes[kind(row)] ?? []).map((value) => value + 0.001 * (row % 7)),
        4 * row,
      );
    }
    const chooser = await started(trajectory, { losses: { epochs: 4, losses } }, { clusters: 3 });
    if (chooser.kind !== "picker") throw new Error("a ranking");
    const taken = await chooser.pick(new Random(1).permutation(100), 45);
    expect([0, 1, 2].map((wanted) => taken.filter((row) => kind(row) === wanted).length)).toEqual([
      5, 20, 20,
    ]);
  });
});

describe("prototypicality", () => {
  it("ranks by the distance to the centroid, from either side", async () => {
    // One cluster around (1, 0): the centroid of these is (1, 0) itself.
    const spread = [0, 0.1, -0.1, 0.5, -0.5, 0.3, -0.3];
    const values = Float32Array.from(spread.flatMap((y) => [1, y]));
    const vectors: Vectors = { width: 2, values };
    for (const [side, sign] of [
      ["hard", 1],
      ["easy", -1],
    ] as const) {
      const chooser = await started(prototypicality, { vectors, size: 7 }, { clusters: 1, side });
      if (chooser.kind !== "ranking") throw new Error("a picker");
      spread.forEach((y, row) => expect(chooser.scores[row]).toBeCloseTo(sign * y * y, 5));
    }
  });
});

interface Given {
  readonly scores?: Float64Array;
  readonly losses?: { readonly epochs: number; readonly losses: Float32Array };
  readonly vectors?: Vectors;
  readonly size?: number;
}

async function started(
  strategy: Strategy,
  { scores, losses, vectors, size = scores?.length ?? 0 }: Given,
  options: Record<string, unknown>,
): Promise<Chooser> {
  const given = <T>(value: T | undefined): Promise<T> =>
    value === undefined ? Promise.reject(new Error("not asked for")) : Promise.resolve(value);
  const source: SelectionSource = {
    name: "made",
    size,
    ids: Array.from({ length: size }, (_, row) => `ex-${row}`),
    labelNames: ["a", "b"],
    gold: new Int32Array(size),
    regions: () => given<Uint8Array>(undefined),
    coordinate: () => given(scores),
    trajectories: () => given(losses),
    vectors: () => given(vectors),
    fit: () => given<never>(undefined),
  };
  return await strategy.start({ source, options: strategy.options.parse(options), seed: 2, effects: quiet });
}
