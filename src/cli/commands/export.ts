/** `alidade export`: a run's coordinates and dynamics for other programs. */

import { UserError } from "../../core/errors.js";
import { exportAllenai } from "../../map/compat.js";
import { exportCoordinates, exportDynamics, exportTable } from "../../map/export.js";
import { command } from "../command.js";
import { oneOf, text, toggle, wholeNumber } from "../flags.js";

const flags = {
  table: text("<file>", "all coordinates as .csv, .parquet or .jsonl"),
  bare: toggle("with --table: without the dataset's own columns"),
  coordinates: text("<file>", "guid, index, confidence, variability, correctness as JSON lines"),
  dynamics: text("<folder>", "dynamics_epoch_<e>.jsonl, as allenai/cartography logs them"),
  compat: oneOf(["allenai"], "what the reference computes, in [file]: its columns, order and rounding"),
  burnOut: wholeNumber("<k>", "with --compat: epochs 0 .. k-1 only", { min: 1 }),
  includeCi: toggle("with --compat: its variability with interval"),
};

export const exportCommand = command({
  name: "export",
  summary: "write a run's coordinates or dynamics for other programs",
  arguments: "<run> [file]",
  flags,
  examples: [
    ["alidade export runs/banking77 --table map.csv", "coordinates and regions beside the dataset's columns"],
    ["alidade export runs/banking77 --compat allenai td_metrics.jsonl", "the reference's metrics file"],
    ["alidade export runs/banking77 --coordinates coords.jsonl", "a coordinates file that import reads"],
  ],
  async run([folder = "", file], values, context) {
    const { table, bare, coordinates, dynamics, compat, burnOut, includeCi } = values;
    const written: string[] = [];
    if ((compat === undefined) !== (file === undefined)) {
      throw new UserError({
        subject: compat === undefined ? "alidade export" : "--compat",
        problem: compat === undefined ? "a file without saying what to write" : "needs a file to write",
        value: file,
        remedy:
          compat === undefined
            ? "write --table, --coordinates, --dynamics or --compat allenai before it"
            : "write --compat allenai td_metrics.jsonl",
      });
    }
    if (compat === undefined && (burnOut !== undefined || includeCi)) {
      throw new UserError({
        subject: includeCi ? "--include-ci" : "--burn-out",
        problem: "goes with --compat",
        remedy: "write --compat allenai td_metrics.jsonl",
      });
    }
    if (bare && table === undefined)
      throw new UserError({
        subject: "--bare",
        problem: "goes with --table",
        remedy: "write --table map.csv",
      });
    if ([table, coordinates, dynamics, compat].every((what) => what === undefined)) {
      throw new UserError({
        subject: "alidade export",
        problem: "nothing to write was named",
        remedy: "give --table, --coordinates, --dynamics or --compat allenai",
      });
    }
    if (file !== undefined) {
      await exportAllenai(folder, file, { burnOut, includeCi });
      written.push(file);
    }
    if (coordinates !== undefined) {
      await exportCoordinates(folder, coordinates);
      written.push(coordinates);
    }
    if (table !== undefined) {
      await exportTable(folder, table, { source: !bare });
      written.push(table);
    }
    if (dynamics !== undefined) written.push(...(await exportDynamics(folder, dynamics)));
    context.print(
      context.json ? JSON.stringify({ written }) : written.map((path) => `wrote ${path}`).join("\n"),
    );
  },
});
