import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildMap } from "../../src/map/build-map.js";
import { exportCoordinates, exportTable } from "../../src/map/export.js";
import { readTrajectories } from "../../src/map/trajectories.js";
import { layout } from "../../src/run/layout.js";
import type { Manifest } from "../../src/run/manifest.js";
import { openRun } from "../../src/run/reader.js";
import { randomRun, scratchFolder, writeRun } from "./support.js";

it("gives the likeliest other labels of chosen examples, by a plain softmax", async () => {
  const folder = join(scratchFolder(), "run");
  const written = randomRun(7, 3000, 8, 4);
  await writeRun(folder, written);
  const run = await openRun(folder);
  const rows = [2999, 0, 2047, 2048];
  const labels = rows.map((row) => written.labelNames[written.gold[row] ?? 0] ?? "");
  const found = await readTrajectories(run, rows, [...labels.slice(0, 3), null], 3);
  rows.forEach((row, index) => {
    const byEpoch = written.logits.map((values) => {
      const terms = [...values.subarray(row * 8, row * 8 + 8)].map((logit) => Math.exp(logit));
      const sum = terms.reduce((a, b) => a + b);
      return terms.map((term) => term / sum);
    });
    const gold = written.gold[row] ?? 0;
    byEpoch.forEach((p, epoch) => expect(found[index]?.probabilities[epoch]).toBeCloseTo(p[gold] ?? 0, 6));
    const others = written.labelNames
      .map((_, label) => byEpoch.map((p) => p[label] ?? 0))
      .filter((_, label) => label !== gold)
      .sort((a, b) => b.reduce((x, y) => x + y) - a.reduce((x, y) => x + y))
      .slice(0, index === 3 ? 0 : 3);
    expect(found[index]?.others).toHaveLength(others.length);
    others.forEach((values, k) =>
      values.forEach((p, epoch) => expect(found[index]?.others[k]?.[epoch]).toBeCloseTo(p, 6)),
    );
  });
});

it("leaves others out of two labels, and where no logits are kept", async () => {
  for (const [labels, kept] of [
    [2, "all"],
    [4, "none"],
    [12, "top"],
  ] as const) {
    const folder = join(scratchFolder(), "run");
    await writeRun(folder, { ...randomRun(1, 20, labels, 2), kept });
    const found = await readTrajectories(await openRun(folder), [3], ["label '0'"], 5);
    expect(found[0]?.others).toEqual([]);
    expect(found[0]?.probabilities).toHaveLength(2);
  }
});

it("never exports over a file that the run was made from", async () => {
  const folder = join(scratchFolder(), "run");
  const source = join(folder, "..", "data.csv");
  writeFileSync(source, "text,label");
  await writeRun(folder, randomRun(1, 20, 2, 2));
  await buildMap(folder);
  const manifest = JSON.parse(readFileSync(layout.manifest(folder), "utf8")) as Manifest;
  const sources = [{ path: source, bytes: 10, sha256: null }];
  writeFileSync(
    layout.manifest(folder),
    JSON.stringify({ ...manifest, dataset: { ...manifest.dataset, sources } }),
  );
  const refusal = /data\.csv: is a file that the run was made from, and would be replaced; give another name/;
  await expect(exportTable(folder, source)).rejects.toThrow(refusal);
  await expect(exportCoordinates(folder, source)).rejects.toThrow(refusal);
  expect(readFileSync(source, "utf8")).toBe("text,label");
  const map = layout.map(folder);
  await expect(exportTable(folder, map)).rejects.toThrow(/map\.parquet: is a file of the run itself/);
});
