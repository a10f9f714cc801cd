import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildMap } from "../../../src/map/build-map.js";
import { importRun } from "../../../src/run/import/import-run.js";
import { repository } from "../support.js";
import { epochOf, rowsOf, scratch } from "./support.js";

const golden = join(repository, "..", "shared", "golden", "allenai");

it.skipIf(!existsSync(golden))("the reference's dynamics give the reference's coordinates", async () => {
  const out = join(scratch(), "run");
  await importRun([join(golden, "training_dynamics")], { out });
  await buildMap(out);
  const map = await rowsOf(join(out, "map.parquet"));
  const lines = readFileSync(join(golden, "td_metrics.jsonl"), "utf8").trim().split("\n");
  const expected = lines.map((line) => JSON.parse(line) as Record<string, number>);
  expect(map.map((row) => row["id"])).toEqual(expected.map(({ guid }) => String(guid)));
  expected.forEach((reference, row) => {
    for (const name of ["confidence", "variability", "threshold_closeness"]) {
      // The reference takes its softmax in 32 bits.
      expect(Math.abs((map[row]?.[name] as number) - (reference[name] ?? NaN))).toBeLessThan(1e-6);
    }
  });
  // The reference takes the first of the largest logits as the prediction, also where others are as large.
  const counts = expected.map(() => 0);
  for (let epoch = 0; epoch < 6; epoch++) {
    for (const [row, { predicted }] of (await epochOf(out, epoch)).entries()) {
      if (String(predicted) === map[row]?.["label"]) counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  expect(counts).toEqual(expected.map(({ correctness }) => correctness));
});

const winogrande = join(
  repository,
  "..",
  "shared",
  "data",
  "cartography",
  "winogrande_roberta_0_6_data_map_coordinates.jsonl.gz",
);

it.skipIf(!existsSync(winogrande))("the paper's WinoGrande map can be drawn", async () => {
  const out = join(scratch(), "run");
  const { manifest, notes } = await importRun([winogrande], { out });
  expect(manifest).toMatchObject({
    epochs: { planned: 6, finished: 0 },
    dataset: { size: 40398, labelNames: [] },
  });
  expect(notes[0]).toContain("The largest correctness is 6");
  await buildMap(out);
  const map = await rowsOf(join(out, "map.parquet"));
  const mean = (name: string): number =>
    map.reduce((sum, row) => sum + (row[name] as number), 0) / map.length;
  expect(mean("confidence")).toBeCloseTo(0.89743, 5);
  expect(mean("variability")).toBeCloseTo(0.14802, 5);
  const count = (name: string, value: unknown): number => map.filter((row) => row[name] === value).length;
  expect([0, 1, 2, 3, 4, 5, 6].map((n) => count("correct_epochs", n))).toEqual([
    27, 84, 266, 698, 2208, 12215, 24900,
  ]);
  expect(["hard-to-learn", "ambiguous", "easy-to-learn"].map((name) => count("region", name))).toEqual([
    446, 9439, 30513,
  ]);
  expect(map[0]).toMatchObject({ id: "17715", label: null });
});
