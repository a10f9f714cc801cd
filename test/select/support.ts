/** Runs to select from: real folders with random dynamics, whose texts say something of their labels. */

import { join } from "node:path";
import { Random } from "../../src/core/random.js";
import { buildMap } from "../../src/map/build-map.js";
import { runSource, type RunSource } from "../../src/select/run-source.js";
import { randomRun, writeRun, type TestRun } from "../map/support.js";

const words = ["red", "green", "blue", "warm", "cold", "round", "flat", "loud", "soft", "late"];

/** A run's contents: three labels, unequal in number, ties in every coordinate. */
export function textRun(seed: number, size: number): TestRun {
  const run = randomRun(seed, size, 3, 4);
  const random = new Random(seed + 1);
  const gold = run.gold.map((label) => (label === 2 && random.unit() < 0.6 ? 0 : label));
  // Equals among them: a tenth of the examples has the dynamics of another.
  for (let row = 1; row < size; row++) {
    if (random.unit() > 0.1 || gold[row] !== gold[row - 1]) continue;
    for (const logits of run.logits) logits.copyWithin(3 * row, 3 * (row - 1), 3 * row);
  }
  const texts = Array.from(gold, (label) =>
    Array.from({ length: 4 + random.below(8) }, () =>
      random.unit() < 0.5 ? `word${label}${random.below(6)}` : words[random.below(words.length)],
    ).join(" "),
  );
  return { ...run, gold, texts };
}

/** The same examples in another order. */
export function permuted(run: TestRun, order: Int32Array): TestRun {
  const labels = run.labelNames.length;
  return {
    ...run,
    ids: Array.from(order, (row) => run.ids[row] ?? ""),
    gold: order.map((row) => run.gold[row] ?? 0),
    texts: Array.from(order, (row) => run.texts?.[row] ?? ""),
    logits: run.logits.map((logits) => {
      const moved = new Float32Array(logits.length);
      order.forEach((from, to) =>
        moved.set(logits.subarray(labels * from, labels * (from + 1)), labels * to),
      );
      return moved;
    }),
  };
}

/** Writes a run with its map and opens it. */
export async function openSource(folder: string, name: string, run: TestRun): Promise<RunSource> {
  const path = join(folder, name);
  await writeRun(path, run);
  await buildMap(path);
  return await runSource(path, { threads: 1 });
}

/** Ids of rows. */
export function idsOf(source: { readonly ids: readonly string[] }, rows: Int32Array): string[] {
  return Array.from(rows, (row) => source.ids[row] ?? "");
}
