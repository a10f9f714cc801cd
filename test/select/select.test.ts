/** Selections of a real run against sorts written as plainly as the definitions stand. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveSeed, hashId } from "../../src/core/random.js";
import { readCoordinate, readMap } from "../../src/map/read-map.js";
import { regionNames } from "../../src/map/map.js";
import type { Recipe } from "../../src/select/recipe.js";
import type { RunSource } from "../../src/select/run-source.js";
import { clusterExamples } from "../../src/select/clusters.js";
import { select } from "../../src/select/select.js";
import { idsOf, openSource, textRun } from "./support.js";

const size = 300;
let folder = "";
let run = "";
let source: RunSource;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "alidade-select-"));
  run = join(folder, "run");
  source = await openSource(folder, "run", textRun(11, size));
}, 60_000);
afterAll(() => {
  source.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows by a coordinate, equals by the seeded hash of their ids. */
async function ranked(name: string, descending: boolean, seed: number): Promise<number[]> {
  const values = await readCoordinate(run, name);
  return [...values.keys()]
    .filter((row) => !Number.isNaN(values[row]))
    .sort((a, b) => {
      const [one = 0, other = 0] = [values[a], values[b]];
      if (one !== other) return (one < other ? -1 : 1) * (descending ? -1 : 1);
      return hashId(source.ids[a] ?? "", seed) - hashId(source.ids[b] ?? "", seed);
    });
}

it.each([
  ["easy", "confidence", true],
  ["hard", "confidence", false],
  ["ambiguous", "variability", true],
  ["low-variability", "variability", false],
  ["high-correctness", "correctness", true],
  ["low-correctness", "correctness", false],
  ["threshold-closeness", "threshold_closeness", true],
  ["margin", "margin", false],
  ["el2n", "el2n", true],
  ["entropy", "entropy", true],
  ["loss", "loss_mean", true],
] as const)("%s is a sort by %s", async (by, coordinate, descending) => {
  const { rows } = await select(source, { by, count: 80, seed: 4 });
  expect([...rows]).toEqual((await ranked(coordinate, descending, 4)).slice(0, 80));
  const reversed = await select(source, { by, count: 80, seed: 4, reverse: true });
  expect([...reversed.rows]).toEqual((await ranked(coordinate, !descending, 4)).slice(0, 80));
});

it("forgetting takes the never learned first, then the most forgotten", async () => {
  const learned = await readCoordinate(run, "learned");
  const counts = await readCoordinate(run, "forgetting");
  const { rows, notes } = await select(source, { by: "forgetting", fraction: 1 });
  const values = Array.from(rows, (row) => (learned[row] === 0 ? 1000 : (counts[row] ?? NaN)));
  expect(values).toEqual([...values].sort((a, b) => b - a));
  expect(notes.unranked).toBe(0);
});

it("random is another set for another seed, and leans to no row", async () => {
  const seen = new Float64Array(size);
  for (let seed = 0; seed < 200; seed++) {
    const { rows, notes } = await select(source, { by: "random", count: 75, seed });
    expect(notes.ties).toEqual([]);
    for (const row of rows) seen[row]! += 1;
  }
  // 200 draws of a quarter: 50 each, deviation 6.1; of 300 examples none beyond five deviations.
  expect(Math.min(...seen)).toBeGreaterThan(50 - 31);
  expect(Math.max(...seen)).toBeLessThan(50 + 31);
});

it("tells the tie that the cut falls in", async () => {
  const values = await readCoordinate(run, "correctness");
  const { rows, notes } = await select(source, { by: "low-correctness", count: 100 });
  const cut = values[rows.at(-1) ?? 0] ?? NaN;
  expect(notes.ties).toEqual([
    {
      by: "low-correctness",
      coordinate: "correctness",
      value: cut,
      label: null,
      sharing: values.filter((value) => value === cut).length,
      taken: rows.filter((row) => values[row] === cut).length,
    },
  ]);
});

it("a mix takes the base's beginning and then the part's, of what is left", async () => {
  const mixed = await select(source, { by: "ambiguous", count: 100, mix: [{ by: "easy", share: 0.1 }] });
  const base = await ranked("variability", true, 0);
  const easy = await ranked("confidence", true, 0);
  const first = base.slice(0, 90);
  expect([...mixed.rows]).toEqual([...first, ...easy.filter((row) => !first.includes(row)).slice(0, 10)]);
  expect(mixed.notes.parts).toEqual([
    { by: "ambiguous", count: 90 },
    { by: "easy", count: 10 },
  ]);
});

it("balanced, each label is a selection of its own", async () => {
  const { rows, notes } = await select(source, { by: "hard", count: 100, balance: "label" });
  const order = await ranked("confidence", false, 0);
  expect(rows).toHaveLength(99);
  for (const label of [0, 1, 2]) {
    const own = [...rows].filter((row) => source.gold[row] === label);
    expect(own).toEqual(order.filter((row) => source.gold[row] === label).slice(0, own.length));
  }
  expect(notes.labels.map(({ taken }) => taken)).toEqual([33, 33, 33]);
  const small = notes.labels[2]?.all ?? 0;
  const all = await select(source, { by: "hard", count: 3 * (small + 10), balance: "label" });
  expect(all.notes.labels[2]?.taken).toBe(small);
  expect(all.rows).toHaveLength(3 * (small + 10));
  expect(all.notes.shortfalls).toEqual([{ label: "label '2'", wanted: small + 10, taken: small }]);
});

it("keeps to regions and leaves out what is excluded; the share stays one of all examples", async () => {
  const { regions } = await readMap(run);
  const hard = [...regions.keys()].filter((row) => regions[row] === regionNames.indexOf("hard-to-learn"));
  const exclude = [...hard.slice(0, 5).map((row) => source.ids[row] ?? ""), "nobody"];
  const { rows, notes } = await select(source, {
    by: "random",
    fraction: 0.1,
    within: ["hard-to-learn"],
    exclude,
  });
  expect(rows).toHaveLength(30);
  expect([...rows].every((row) => hard.includes(row))).toBe(true);
  expect(idsOf(source, rows).some((id) => exclude.includes(id))).toBe(false);
  expect([notes.excluded, notes.unknownIds, notes.candidates]).toEqual([5, 1, hard.length - 5]);
});

it("both ends: 0.7 of the hardest, the rest of the easiest", async () => {
  const { rows } = await select(source, { by: "hard", count: 50, bothEnds: 0.7 });
  const order = await ranked("confidence", false, 0);
  expect([...rows]).toEqual([...order.slice(0, 35), ...order.slice(-15).reverse()]);
});

it("spread over clusters, every cluster gives its best in turns", async () => {
  const clusters = await clusterExamples(source, 8, deriveSeed(2, "diverse") >>> 0);
  const { rows } = await select(source, { by: "hard", count: 24, diverse: 8, seed: 2 });
  const order = await ranked("confidence", false, 2);
  const rounds = order.map((row, place) => ({
    row,
    place,
    round: order.slice(0, place).filter((other) => clusters[other] === clusters[row]).length,
  }));
  rounds.sort((a, b) => a.round - b.round || a.place - b.place);
  expect([...rows]).toEqual(rounds.slice(0, 24).map(({ row }) => row));
  await expect(select(source, { by: "hard", count: 24, diverse: 8, bothEnds: 0.7 })).rejects.toThrow(
    /--diverse: cannot be combined with --both-ends/,
  );
  await expect(select(source, { by: "hard", count: 24, diverse: 100_000 })).rejects.toThrow(
    /--diverse: more clusters than the \d+ examples of .*, 100000; give fewer/,
  );
  await expect(select(source, { by: "k-center", count: 24, diverse: 8 })).rejects.toThrow(
    /--diverse: goes with a ranking; k-center builds a set/,
  );
});

it("a minimum per label holds, and counts stay", async () => {
  const plain = await select(source, { by: "margin", count: 40 });
  const least = Math.max(...plain.notes.labels.map(({ taken }) => taken)) > 13 ? 13 : 5;
  const { rows, notes } = await select(source, { by: "margin", count: 40, minPerLabel: least });
  expect(new Set(rows).size).toBe(40);
  for (const label of notes.labels) expect(label.taken).toBeGreaterThanOrEqual(least);
});

it("gives a recipe that takes the same again", async () => {
  const first = await select(source, {
    by: "loss",
    fraction: 0.2,
    balance: "label",
    mix: [{ by: "easy", share: 0.2 }],
  });
  const again = await select(source, JSON.parse(JSON.stringify(first.recipe)) as typeof first.recipe);
  expect(again).toEqual(first);
});

describe("is refused", () => {
  it.each([
    [{ by: "ambigous", fraction: 0.1 }, /--by: no such strategy, "ambigous"; did you mean ambiguous\?/],
    [
      { by: "easy", fraction: 0.1, options: { k: 3 } },
      /options of the easy strategy: unknown option, "k"; it takes none/,
    ],
    [{ by: "easy", count: 10, mix: [{ by: "esay", share: 0.1 }] }, /--mix: no such strategy, "esay"/],
    [{ by: "easy", count: 10, seed: -1 }, /--seed: not a whole number/],
    [{ by: "easy", count: 10, bothEnds: 1 }, /--both-ends: out of range, 1/],
    [{ by: "easy", count: 10, minPerLabel: 0 }, /--min-per-label: not a whole number above 0/],
    [
      { by: "easy", count: 10, balance: "label", minPerLabel: 2 },
      /--min-per-label: cannot be combined with --balance/,
    ],
    [{ by: "easy", count: 10, exclude: ["nobody"] }, /--exclude: none of its 1 ids is of an example/],
    [
      { by: "easy", count: 10, within: ["eazy-to-learn" as "ambiguous"] },
      /--within: no such region, "eazy-to-learn"; did you mean/,
    ],
    [
      { by: "hard", fraction: 0.9, within: ["hard-to-learn" as const] },
      /--by hard: asks for 270 examples, \d+ are left to take/,
    ],
    [
      { by: "hard", fraction: 1, mix: [{ by: "easy", share: 0.5 }], within: ["ambiguous" as const] },
      /--by hard: asks for 150 examples/,
    ],
  ])("%j", async (recipe, message) => {
    await expect(select(source, recipe as Recipe)).rejects.toThrow(message);
  });

  it("a mix that exhausts a region", async () => {
    const { regions } = await readMap(run);
    const count = regions.filter((region) => region === 0).length;
    const recipe = {
      by: "hard",
      count: count + 2,
      mix: [{ by: "easy", share: 0.5 }],
      within: ["easy-to-learn" as const],
    };
    await expect(select(source, recipe)).rejects.toThrow(
      new RegExp(`--mix easy: asks for ${Math.floor((count + 2) / 2)} examples, \\d+ are left to take`),
    );
  });
});
