/** `alidade import`: a run from dynamics that were logged elsewhere. */

import { basename, join } from "node:path";
import { UserError } from "../../core/errors.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { buildMap } from "../../map/build-map.js";
import { checkPaths } from "../../run/import/detect-format.js";
import { importRun } from "../../run/import/import-run.js";
import { checkFolder } from "../../run/open-writer.js";
import { command } from "../command.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { drawFigure } from "../draw-figure.js";
import { list, oneOf, text, toggle, wholeNumber } from "../flags.js";
import { mapFlags, mapOptions } from "../map-flags.js";
import { printSummary } from "../print-summary.js";

const { labels: _labels, format: _format, ...dataFlags } = datasetFlags;

const flags = {
  out: text("<folder>", "the run's folder (default: runs/ and the source's name)", { short: "o" }),
  data: text("<file>", "the labelled file that the dynamics are of, joined by id; columns as below"),
  format: oneOf(["allenai", "table", "aum", "coordinates"], "of the dynamics (default: found by content)"),
  dataFormat: datasetFlags.format,
  protocol: oneOf(
    ["train-pass", "epoch-end", "held-out", "unknown"],
    "how they were observed (default: unknown)",
  ),
  totalEpochs: wholeNumber("<n>", "of a coordinates file (default: its largest count)", { min: 1 }),
  predicted: text("<file>", "for a table of probabilities: a second one with predicted labels"),
  labelNames: list("<names>", "label names in the order of the logits (default: those of --data)"),
  logits: oneOf(
    ["all", "top", "none"],
    "which logits to keep (default: all of up to 100 labels, else the top five)",
  ),
  threads: wholeNumber("<n>", "default: all cores", { min: 1 }),
  ...dataFlags,
  ...mapFlags,
  resume: toggle("go on with an import into the folder that was stopped"),
  overwrite: toggle("replace the run that stands in the folder"),
  breakLock: toggle("take the lock of a process on another machine"),
};

export const importCommand = command({
  name: "import",
  summary: "make a run of dynamics that were logged elsewhere",
  arguments: "<paths...>",
  flags,
  examples: [
    [
      "alidade import dynamics/ --data train.tsv -o runs/mine",
      "dynamics_epoch_<e>.jsonl, joined with the texts by id",
    ],
    ["alidade import coords.jsonl -o runs/paper", "a coordinates file: shown and drawn, no dynamics"],
  ],
  async run(paths, values, context) {
    const { effects, signal } = context;
    const { data, dataFormat, out = join("runs", stem(paths[0] ?? "")), format, ...others } = values;
    if (data === undefined) refuseDataFlags(values);
    // Whatever is wrong with the command itself is said before a file is read.
    await checkPaths(paths);
    if (others.resume !== true) await checkFolder(out, { overwrite: others.overwrite });
    const reading = readOptions({ ...others, labels: others.labelNames, format: dataFormat }, effects);
    const dataset =
      data === undefined
        ? undefined
        : await readDataset(data, { ...reading, labels: others.labelNames }, signal);
    try {
      const { protocol, totalEpochs, predicted, labelNames, logits, threads, resume, overwrite, breakLock } =
        others;
      const result = await importRun(paths, {
        out,
        format,
        data: dataset,
        protocol,
        totalEpochs,
        predicted,
        labelNames,
        logits,
        threads,
        resume,
        overwrite,
        breakLock,
        effects,
      });
      const map = await buildMap(result.folder, { ...mapOptions(values), threads, effects });
      const figure = join(result.folder, "map.svg");
      // Margins alone place no example on the map: the run's notes say so.
      const drawn =
        map.epochs > 0 && hasConfidence(result.manifest.columns, result.manifest.imported?.format);
      if (drawn) await drawFigure(result.folder, figure, { effects });
      await printSummary(result.folder, context, drawn ? { figure } : {});
    } finally {
      dataset?.close();
    }
  },
});

function hasConfidence(columns: readonly string[], format: string | undefined): boolean {
  return columns.includes("gold_probability") || format === "coordinates";
}

function refuseDataFlags(values: Readonly<Record<string, unknown>>): void {
  const given = [...Object.keys(dataFlags), "dataFormat"].find((name) => values[name] !== undefined);
  if (given === undefined) return;
  throw new UserError({
    subject: `--${given}`,
    problem: "goes with --data",
    remedy: "name the labelled file with --data",
  });
}

function stem(path: string): string {
  const name = basename(path).split(".")[0] ?? "";
  return /^[\w-]+$/.test(name) ? name : "imported";
}
