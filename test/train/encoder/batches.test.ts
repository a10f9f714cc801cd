import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochBatches, predictionBatches, type Batch } from "../../../src/train/encoder/tokens/batches.js";
import { Padder } from "../../../src/train/encoder/tokens/pad.js";
import type { TokenizedDataset } from "../../../src/train/encoder/tokens/tokenized.js";

const lengths = fc
  .array(fc.integer({ min: 0, max: 128 }), { maxLength: 400 })
  .map((list) => Int32Array.from(list));
const options = fc.record({
  size: fc.integer({ min: 1, max: 16 }),
  multiple: fc.integer({ min: 1, max: 16 }),
  seed: fc.integer(),
  epoch: fc.nat(9),
  group: fc.boolean(),
});

/** What holds of any batches of these examples. */
function holds(
  batches: readonly Batch[],
  of: Int32Array,
  size: number,
  multiple: number,
  longest: number,
): void {
  const rows = batches.flatMap((batch) => [...batch.rows]);
  expect(rows.slice().sort((a, b) => a - b)).toEqual(Array.from(of, (_, row) => row));
  expect(batches).toHaveLength(Math.ceil(of.length / size));
  expect(batches.filter((batch) => batch.rows.length !== size).length).toBeLessThanOrEqual(1);
  for (const batch of batches) {
    const needed = Math.max(0, ...Array.from(batch.rows, (row) => of[row]!));
    expect(batch.length).toBeGreaterThanOrEqual(needed);
    expect(batch.length).toBeLessThan(needed + multiple);
    expect(batch.length % multiple === 0 || batch.length === longest || longest < needed).toBe(true);
  }
}

describe("batches of an epoch", () => {
  it("have every row once, padded to a multiple, and depend on seed and epoch alone", () => {
    fc.assert(
      fc.property(lengths, options, (of, how) => {
        const batches = epochBatches(of, { ...how, longest: 128 });
        holds(batches, of, how.size, how.multiple, 128);
        expect(epochBatches(of, { ...how, longest: 128 })).toEqual(batches);
      }),
    );
  });

  it("differ between epochs and seeds", () => {
    const of = Int32Array.from({ length: 1000 }, (_, row) => 5 + (row % 7));
    const orders = [0, 1, 2].flatMap((epoch) =>
      [1, 2].map((seed) =>
        epochBatches(of, { size: 8, seed, epoch })
          .flatMap((batch) => [...batch.rows])
          .join(),
      ),
    );
    expect(new Set(orders).size).toBe(6);
  });

  it("mix examples of one length by chance, whatever order their rows have", () => {
    for (const of of [
      new Int32Array(1600).fill(7),
      Int32Array.from({ length: 1600 }, (_, row) => 5 + (row % 3)),
    ]) {
      const batches = epochBatches(of, { size: 32, seed: 1, epoch: 0 });
      // Of rows sorted by label, the first half of one: 16 of 32 by chance, a standard deviation of 2.8.
      for (const { rows } of batches) {
        const first = rows.filter((row) => row < 800).length;
        expect(first).toBeGreaterThan(2);
        expect(first).toBeLessThan(30);
      }
    }
  });

  it("hold examples of like length, and stand in no order of length", () => {
    const of = Int32Array.from({ length: 4000 }, (_, row) => 4 + ((row * 7919) % 61));
    const padding = (batches: readonly Batch[]): number => {
      const padded = batches.reduce((sum, batch) => sum + batch.length * batch.rows.length, 0);
      return padded / of.reduce((sum, length) => sum + length, 0) - 1;
    };
    const batches = epochBatches(of, { size: 32, seed: 1, epoch: 0 });
    expect(padding(batches)).toBeLessThan(0.03);
    expect(padding(epochBatches(of, { size: 32, seed: 1, epoch: 0, group: false }))).toBeGreaterThan(0.7);
    const rising = batches.filter((batch, at) => at > 0 && batch.length > batches[at - 1]!.length).length;
    // Of a random order half would rise: 62 of 124.
    expect(rising).toBeGreaterThan(45);
    expect(rising).toBeLessThan(80);
  });
});

describe("batches for prediction", () => {
  it("go from the longest to the shortest", () => {
    fc.assert(
      fc.property(lengths, options, (of, { size, multiple }) => {
        const batches = predictionBatches(of, { size, multiple, longest: 100 });
        holds(batches, of, size, multiple, 100);
        const order = batches.flatMap((batch) => Array.from(batch.rows, (row) => of[row]!));
        expect(order).toEqual(order.slice().sort((a, b) => b - a));
      }),
    );
  });
});

describe("padding", () => {
  const dataset = fc
    .array(
      fc.array(fc.array(fc.integer({ min: 5, max: 99 }), { minLength: 1, maxLength: 9 }), { maxLength: 3 }),
      {
        minLength: 1,
        maxLength: 9,
      },
    )
    .map((examples) => {
      const sequences = examples.flat();
      const offsets = Float64Array.from([
        0,
        ...sequences.map((_, s) => sequences.slice(0, s + 1).flat().length),
      ]);
      const first = Uint32Array.from([0, ...examples.map((_, i) => examples.slice(0, i + 1).flat().length)]);
      const ids = Int32Array.from(sequences.flat());
      const tokens: TokenizedDataset = {
        ids,
        types: ids.map((id) => id % 2),
        offsets,
        first,
        cut: 0,
        empty: 0,
      };
      return { examples, tokens };
    });

  it("puts each sequence at the start of its row, whatever the arrays held before", () => {
    const padder = new Padder(1);
    fc.assert(
      fc.property(
        dataset,
        fc.integer({ min: 9, max: 12 }),
        fc.infiniteStream(fc.nat()),
        (data, length, stream) => {
          const rows = Int32Array.from(
            data.examples,
            () => (stream.next().value as number) % data.examples.length,
          );
          const batch = padder.pad(data.tokens, rows, length);
          const wanted = [...rows].flatMap((row) => data.examples[row]!);
          expect(batch.sequences).toBe(wanted.length);
          expect([...batch.lengths]).toEqual(wanted.map((sequence) => sequence.length));
          const padded = wanted.map((sequence) => [
            ...sequence,
            ...Array<number>(length - sequence.length).fill(1),
          ]);
          expect([...batch.ids]).toEqual(padded.flat());
          expect([...batch.mask]).toEqual(
            wanted.flatMap((s) => padded[0]!.map((_, at) => (at < s.length ? 1 : 0))),
          );
          expect([...batch.types]).toEqual(
            wanted.flatMap((s) => padded[0]!.map((_, at) => (at < s.length ? s[at]! % 2 : 0))),
          );
        },
      ),
    );
  });
});
