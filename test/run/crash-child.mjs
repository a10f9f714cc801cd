// A process that writes a whole run, for crash.test.ts: `node crash-child.mjs <folder>`. Where a run stands it goes on
// with it, else it begins one. What it writes depends on nothing but the epoch.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../dist/core/random.js";
import { recordedColumns } from "../../dist/run/dynamics-columns.js";
import { layout } from "../../dist/run/layout.js";
import { deriveObservations } from "../../dist/run/observation.js";
import { createRun, resumeRun } from "../../dist/run/open-writer.js";

const folder = process.argv[2];
const size = 30_000;
const labels = 3;
const planned = 6;

const writer = existsSync(layout.manifest(folder))
  ? await resumeRun(folder)
  : await createRun(folder, {
      alidade: "0.0.0",
      dataset: {
        name: "crash",
        size,
        input: "text",
        labelNames: ["a", "b", "c"],
        roles: {},
        sources: [],
      },
      trainer: { name: "none", options: {}, seed: 1, threads: 1, folds: null },
      imported: null,
      protocol: "epoch-end",
      epochs: { planned },
      logits: "all",
      columns: recordedColumns("all"),
      tests: {},
    });
console.log("open");
if (writer.manifest.checksums["examples.parquet"] === undefined) {
  await writer.publishFile(layout.examples(folder), async (path) => writeFileSync(path, "examples"));
}
const gold = Int32Array.from({ length: size }, (_, row) => row % labels);
for (let epoch = writer.manifest.epochs.finished; epoch < planned; epoch++) {
  const random = new Random(epoch);
  const values = Float32Array.from({ length: size * labels }, () => 8 * random.unit() - 4);
  await writer.saveState(epoch, async (state) => {
    for (const name of ["weights", "moments"]) writeFileSync(join(state, name), `${name} after ${epoch}`);
  });
  await writer.writeEpoch(epoch, deriveObservations({ values, widths: labels }, gold), epoch / 8);
  console.log(`epoch ${epoch}`);
}
await writer.writeModel(async (model) => writeFileSync(join(model, "weights"), "final"));
await writer.writeTest(
  "ood",
  { accuracy: 0.5 },
  {
    ids: ["a", "b"],
    gold: Int32Array.of(0, 1),
    predicted: Int32Array.of(0, 0),
    logits: { values: Float32Array.of(1, 0, 0, 1, 0, 0), widths: labels },
  },
);
await writer.publishFile(layout.map(folder), async (path) => writeFileSync(path, "map"));
await writer.close();
