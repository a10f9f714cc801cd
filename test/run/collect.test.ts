import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectLogits, ObservationBuffer } from "../../src/run/collect.js";
import type { RowBatch } from "../../src/run/collect.js";

const options = (size: number) => ({ size, what: 3, ids: Array.from({ length: size }, (_, i) => `id-${i}`) });
const batch = (rows: number[], logits: number[], widths: number | number[]): RowBatch => ({
  rows: Int32Array.from(rows),
  logits: Float32Array.from(logits),
  widths: typeof widths === "number" ? widths : Int32Array.from(widths),
});

/** Rows with their logits, in a random order, cut into batches at random places. */
const shuffledBatches = (widths: fc.Arbitrary<number>) =>
  fc.array(widths, { minLength: 1, maxLength: 30 }).chain((rowWidths) =>
    fc.record({
      rowWidths: fc.constant(rowWidths),
      order: fc.shuffledSubarray([...rowWidths.keys()], { minLength: rowWidths.length }),
      cut: fc.integer({ min: 1, max: 7 }),
    }),
  );
const logitsOf = (row: number, width: number) => Array.from({ length: width }, (_, k) => row + k / 8);

describe("ObservationBuffer", () => {
  it("puts batches of one width into the order of the rows", () => {
    fc.assert(
      fc.property(shuffledBatches(fc.constant(3)), ({ order, cut }) => {
        const buffer = new ObservationBuffer(options(order.length));
        for (let at = 0; at < order.length; at += cut) {
          const rows = order.slice(at, at + cut);
          buffer.add(
            batch(
              rows,
              rows.flatMap((row) => logitsOf(row, 3)),
              3,
            ),
          );
        }
        const { values, widths } = buffer.finish();
        expect(widths).toBe(3);
        expect([...values]).toEqual(order.flatMap((_, row) => logitsOf(row, 3)));
      }),
    );
  });

  it("puts batches of several widths into the order of the rows, and keeps nothing of the batch's arrays", () => {
    fc.assert(
      fc.property(shuffledBatches(fc.integer({ min: 2, max: 5 })), ({ rowWidths, order, cut }) => {
        const buffer = new ObservationBuffer(options(order.length));
        for (let at = 0; at < order.length; at += cut) {
          const rows = order.slice(at, at + cut);
          const widths = rows.map((row) => rowWidths[row] ?? 0);
          const added = batch(
            rows,
            rows.flatMap((row) => logitsOf(row, rowWidths[row] ?? 0)),
            widths,
          );
          buffer.add(added);
          added.logits.fill(NaN);
        }
        const { values, widths } = buffer.finish();
        expect([...(widths as Int32Array)]).toEqual(rowWidths);
        expect([...values]).toEqual(rowWidths.flatMap((width, row) => logitsOf(row, width)));
      }),
    );
  });

  it.each([
    ["a row twice", [batch([0, 1, 0], [1, 2, 3, 4, 5, 6], 2)], "internal: epoch 3: row 0 was observed twice"],
    ["a row beyond the end", [batch([3], [1, 2], 2)], "internal: epoch 3: row 3 of 3 was observed"],
    ["a negative row", [batch([-1], [1, 2], 2)], "internal: epoch 3: row -1 of 3 was observed"],
    ["missing rows", [batch([1], [1, 2], 2)], "internal: epoch 3: 2 of 3 rows were not observed, first 0, 2"],
    ["no batch at all", [], "internal: epoch 3: 3 of 3 rows were not observed, first 0, 1, 2"],
    ["too few logits", [batch([0, 1], [1, 2, 3], 2)], "internal: epoch 3: 3 logits for 2 rows of 2"],
    [
      "too many logits of several widths",
      [batch([0], [1, 2, 3], [2])],
      "internal: epoch 3: 3 logits for rows that have 2",
    ],
    [
      "two widths for all",
      [batch([0], [1, 2], 2), batch([1], [1, 2, 3], 3)],
      "internal: epoch 3: batches of 3 and of other numbers of logits",
    ],
    [
      "NaN",
      [batch([2], [1, NaN], 2)],
      'epoch 3, example "id-2": the model\'s logit is not finite, NaN; training diverged: lower the learning rate',
    ],
    [
      "an infinite logit",
      [batch([1], [1, -Infinity], [2])],
      'epoch 3, example "id-1": the model\'s logit is not finite, -Infinity; training diverged: lower the learning rate',
    ],
  ])("refuses %s", async (_, batches, message) => {
    await expect(collectLogits(asyncOf(batches), options(3))).rejects.toThrow(
      expect.objectContaining({ message }),
    );
  });
});

async function* asyncOf<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
