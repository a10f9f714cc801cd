// A process that writes a run until it fails, for disk.test.ts: `node disk-child.mjs create|resume <folder>`. Prints the
// error as the command line would show it.
import { recordedColumns } from "../../dist/run/dynamics-columns.js";
import { deriveObservations } from "../../dist/run/observation.js";
import { createRun, resumeRun } from "../../dist/run/open-writer.js";

const [mode, folder] = process.argv.slice(2);
const size = 20_000;
let writer = null;
try {
  writer =
    mode === "resume"
      ? await resumeRun(folder)
      : await createRun(folder, {
          alidade: "0.0.0",
          dataset: { name: "disk", size, input: "text", labelNames: ["a", "b"], roles: {}, sources: [] },
          trainer: { name: "none", options: {}, seed: 1, threads: 1, folds: null },
          imported: null,
          protocol: "epoch-end",
          epochs: { planned: 20 },
          logits: "all",
          columns: recordedColumns("all"),
          tests: {},
        });
  for (let epoch = writer.manifest.epochs.finished; epoch < 20; epoch++) {
    // Incompressible: every value another.
    const values = Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i * 7919 + epoch));
    await writer.writeEpoch(epoch, deriveObservations({ values, widths: 2 }, new Int32Array(size)), 0);
  }
  console.log("done");
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
} finally {
  await writer?.close();
}
