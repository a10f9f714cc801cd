/** What is written of a dataset is what is read again. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDataset } from "../../src/dataset/create-dataset.js";
import type { Dataset } from "../../src/dataset/dataset.js";
import { countShared, findDuplicates } from "../../src/dataset/duplicates/exact-duplicates.js";
import { readDataset } from "../../src/dataset/read-dataset.js";
import { readExamples } from "../../src/dataset/read-examples.js";
import type { ReadOptions } from "../../src/dataset/read-options.js";
import { subset } from "../../src/dataset/subset.js";
import { wholeUnits } from "../../src/dataset/whole-units.js";
import { published, titled } from "../util/requires.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "examples-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stored = ({ name, labelNames, roles, sources }: Dataset): Parameters<typeof readExamples>[1] => ({
  name,
  labelNames,
  roles: JSON.parse(JSON.stringify(roles)) as Record<string, string | string[]>,
  sources,
});

async function roundTrip(dataset: Dataset): Promise<void> {
  const path = join(folder, "examples.parquet");
  await dataset.writeExamples(path);
  const again = await readExamples(path, stored(dataset));
  const plain = ({ ids, labelNames, gold, input, groups, votes, size }: Dataset): unknown => ({
    ids,
    labelNames,
    gold,
    input,
    groups,
    votes,
    size,
  });
  expect(plain(again)).toEqual(plain(dataset));
  again.close();
}

const anyText = fc
  .string({ unit: "binary", maxLength: 12 })
  .map((text) => text.replace(/[\ud800-\udfff\u0000]/g, "x"));
const rowsOf = fc.array(
  fc.record({
    text: anyText,
    label: fc.constantFrom("a", "b"),
    group: fc.option(fc.constantFrom("g", "h")),
    'odd "na.me\n': fc.integer(),
  }),
  { minLength: 2, maxLength: 30 },
);

it("writes and reads any texts, groups and odd column names, subsets too", async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, fc.nat(), async (rows, pick) => {
      const dataset = await createDataset([...rows, { ...rows[0], label: "a" }, { ...rows[0], label: "b" }], {
        text: "text",
        label: "label",
        group: "group",
      });
      await roundTrip(dataset);
      const some = Int32Array.from({ length: dataset.size }, (_, row) => dataset.size - 1 - row).filter(
        (row) => (row + pick) % 3 !== 0,
      );
      if (some.length > 0) await roundTrip(subset(dataset, some));
      dataset.close();
    }),
    { numRuns: 15 },
  );
});

it.each<[string, object[], ReadOptions]>([
  [
    "pairs",
    [
      { a: "x", b: "y", label: "1" },
      { a: "z", b: "", label: "0" },
    ],
    { text: "a", textPair: "b", label: "label" },
  ],
  [
    "choices",
    [
      { t: "_ ran", c: ["a", "b", "c"], y: "c" },
      { t: "_", c: ["d", "e"], y: "d" },
    ],
    { text: "t", choices: ["c"], label: "y" },
  ],
  [
    "features",
    [
      { f: 1, k: "u", y: "0" },
      { f: null, k: "v", y: "1" },
    ],
    { features: ["f", "k"], label: "y" },
  ],
  [
    "votes",
    [
      { t: "x", v: ["a", "b"], y: "a" },
      { t: "z", v: ["b"], y: "b" },
    ],
    { text: "t", votes: ["v"], label: "y" },
  ],
  [
    "bare counts of votes",
    [
      { t: "x", v: [1, 9], y: "a" },
      { t: "z", v: [4, 6], y: "b" },
    ],
    { text: "t", votes: ["v"], voteLabels: ["b", "a"], label: "y" },
  ],
])("writes and reads %s", async (_, rows, options) => {
  const dataset = await createDataset(rows, options);
  await roundTrip(dataset);
  dataset.close();
});

it("keeps 300,000 rows in order, and gives the same bytes twice", async () => {
  const rows = Array.from({ length: 300_000 }, (_, i) => ({
    text: `text ${i}`,
    label: i % 2 ? "odd" : "even",
  }));
  const dataset = await createDataset(rows, { text: "text", label: "label" });
  const paths = [join(folder, "one.parquet"), join(folder, "two.parquet")];
  for (const path of paths) await dataset.writeExamples(path);
  const [one, two] = await Promise.all(paths.map((path) => readFile(path)));
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
  const again = await readExamples(paths[0] ?? "", stored(dataset));
  expect(again.input).toEqual(dataset.input);
  dataset.close();
  again.close();
});

it("counts duplicates, conflicting ones, and texts that stand in the test set", async () => {
  const train = await createDataset(
    [
      { text: "One  two", label: "a" },
      { text: "one two", label: "b" },
      { text: "three", label: "a" },
      { text: "three ", label: "a" },
      { text: "four", label: "b" },
    ],
    { text: "text", label: "label" },
  );
  const test = await createDataset(
    [
      { text: "FOUR", label: "a" },
      { text: "five", label: "b" },
    ],
    { text: "text", label: "label" },
  );
  const { first, repeated, conflicting } = findDuplicates(train);
  expect([[...(first ?? [])], repeated, conflicting]).toEqual([[0, 0, 2, 2, 4], 2, 2]);
  expect(countShared(train, test)).toBe(1);
  train.close();
  test.close();
});

it("joins groups and duplicates into units as a naive closure does", async () => {
  const row = fc.record({
    text: fc.constantFrom("a", "b", "c", "d", "e"),
    label: fc.constantFrom("x", "y"),
    group: fc.option(fc.constantFrom("g", "h", "i")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const all = [...rows, { text: "p", label: "x", group: "only" }, { text: "q", label: "y", group: null }];
      const dataset = await createDataset(all, { text: "text", label: "label", group: "group" });
      const units = wholeUnits(dataset);
      dataset.close();
      const together = (i: number, j: number): boolean =>
        all[i]?.text === all[j]?.text || (all[i]?.group != null && all[i]?.group === all[j]?.group);
      const naive = all.map((_, i) => i);
      for (let pass = 0; pass < all.length; pass++) {
        all.forEach((_, i) =>
          all.forEach((__, j) => {
            if (together(i, j)) naive[i] = naive[j] = Math.min(naive[i] ?? 0, naive[j] ?? 0);
          }),
        );
      }
      expect([...(units ?? [])]).toEqual(naive);
    }),
    { numRuns: 25 },
  );
});

const sets: [string, ReadOptions, number, string, number][] = [
  ["banking77/train.csv", {}, 10003, "text", 77],
  ["sst2/train.tsv.gz", {}, 67349, "text", 2],
  ["trec/TREC.train", { preset: "trec" }, 5452, "text", 6],
  ["snli/dev.jsonl.gz", { preset: "snli", votes: ["annotator_labels"] }, 9842, "pair", 3],
  ["hans/heuristics_evaluation_set.jsonl.gz", {}, 30000, "pair", 2],
  ["winograd/train.c.txt", { preset: "wsc" }, 1316, "choices", 2],
  ["lewidi/md_agreement/MD-Agreement_train.json.gz", { votes: ["annotations"] }, 6592, "text", 2],
  ["adult/adult.data.gz", { features: ["*"], label: "Salary" }, 32561, "features", 2],
  ["cad/sentiment/orig/train.tsv.gz", {}, 1707, "text", 2],
  ["20news/test.jsonl.gz", {}, 7532, "text", 20],
];
it.skipIf(published.lacks !== null).each(sets)(
  titled("reads %s as published", published.lacks),
  async (path, options, size, kind, labels) => {
    const dataset = await readDataset(published.folder + path, options);
    expect([dataset.size, dataset.input.kind, dataset.labelNames.length]).toEqual([size, kind, labels]);
    dataset.close();
  },
);

it("takes a subset of a dataset that is an object of the caller's own, as of one that was read", async () => {
  const read = await createDataset(
    ["a", "b", "c", "d"].map((text, i) => ({
      text,
      label: "xy"[i % 2],
      group: i === 1 ? null : "gh"[i >> 1],
    })),
    { text: "text", label: "label", group: "group" },
  );
  const columns = ({ ids, gold, input, groups, votes, size, labelNames }: Dataset) => ({
    ...{ ids, gold, input, groups, votes, size, labelNames },
  });
  const { name, roles, sources, subsetOf } = read;
  const own = {
    ...{ name, roles, sources, subsetOf },
    ...columns(read),
    close: () => undefined,
    writeExamples: () => Promise.resolve(),
  } satisfies Dataset;
  for (const rows of [Int32Array.of(3, 0), Int32Array.of(2), new Int32Array()]) {
    expect(columns(subset(own, rows))).toEqual(columns(subset(read, rows)));
    expect(subset(own, rows).subsetOf).toEqual({ dataset: own, rows });
  }
  for (const rows of [Int32Array.of(0, 0), Int32Array.of(4), Int32Array.of(-1)]) {
    for (const one of [own, read]) expect(() => subset(one, rows)).toThrow(/^internal: subset: row/);
  }
  read.close();
});
