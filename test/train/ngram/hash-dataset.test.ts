/** Hashing large datasets: by several threads as by one, and stopped in the middle. */

import { expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { Stopped } from "../../../src/core/stop.js";
import { hashDataset } from "../../../src/train/ngram/hash-dataset.js";
import { ngramOptions } from "../../../src/train/ngram/options.js";
import { datasetOf } from "../datasets.js";

const random = new Random(1);
const word = (): string => random.below(2000).toString(36).padStart(4, "x");
const text = Array.from({ length: 16_000 }, () => Array.from({ length: 20 }, word).join(" "));
const dataset = () =>
  datasetOf(
    { kind: "text", text },
    text.map(() => 0),
    { labels: ["a", "b"] },
  );
const options = ngramOptions.parse({});

it.each([1, 2])("with %d threads it stops soon, and the next one gets the same as ever", async (threads) => {
  const controller = new AbortController();
  const one = dataset();
  let turns = 0;
  const ticking = setInterval(() => turns++, 5);
  setTimeout(() => controller.abort(), 30);
  await expect(hashDataset(one, options, threads, controller.signal)).rejects.toThrow(Stopped);
  clearInterval(ticking);
  // Timers, and with them Ctrl-C, are heard while it hashes.
  expect(turns).toBeGreaterThan(0);
  const { vectors, first } = await hashDataset(one, options, threads);
  expect(first.at(-1)).toBe(text.length);
  const whole = (await hashDataset(dataset(), options, 1)).vectors;
  // Comparing millions of numbers one by one would take half a minute.
  for (const part of ["offsets", "grams", "counts", "buckets"] as const)
    expect(Buffer.from(vectors[part].buffer).equals(Buffer.from(whole[part].buffer)), part).toBe(true);
});
