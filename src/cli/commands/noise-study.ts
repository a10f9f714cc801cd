/** `alidade noise study`: flip, retrain, draw the map again, detect, and score what was found. */

import { UserError } from "../../core/errors.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { filePool } from "../../diagnose/noise/pools.js";
import { readTransitionMatrix } from "../../diagnose/noise/transition-matrix.js";
import {
  runNoiseStudy,
  type CellFindings,
  type NoiseStudy,
} from "../../diagnose/noise-study/run-noise-study.js";
import { regionNames } from "../../map/map.js";
import { pairedT } from "../../study/statistics/paired-t.js";
import { defaultTrainer, findTrainer } from "../../train/registry.js";
import { command } from "../command.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { oneOf, parsed, text, toggle, wholeNumber } from "../flags.js";
import { count, counted, decimal, percent, shellWord, table } from "../format.js";
import { Interrupted } from "../interrupted.js";
import { noiseFlags } from "../noise-flags.js";
import { trainerFlags, trainerOptions, typedOptions } from "../trainer-flags.js";

const { run: _run, rateOf: _rateOf, ...ownNoise } = noiseFlags;

const flags = {
  out: text("<folder>", "the study's folder", { short: "o" }),
  rate: parsed("<shares>", "shares of all examples that flip: 0.01,0.05", parseRates),
  seeds: wholeNumber("<n>", "injections of each rate (default: 3)", { min: 2, max: 1000 }),
  ...ownNoise,
  deep: toggle(
    "train the companions of every cell too, so that all detectors are judged: ten trainings more each",
  ),
  trainer: text("<name>", "ngram, features, encoder or command (default: what the columns ask for)"),
  protocol: oneOf(
    ["epoch-end", "train-pass", "held-out"],
    "how observations are taken; train-pass is the paper's way (default: the trainer's own)",
  ),
  epochs: wholeNumber("<n>", "passes over the dataset (default: the trainer's own, 6 or 5)", { min: 1 }),
  seed: wholeNumber("<n>", "of the trainings (default: 0)", { min: 0, max: 0xffff_ffff }),
  threads: wholeNumber("<n>", "threads; the result does not depend on it (default: all cores)", { min: 1 }),
  ...datasetFlags,
  ...(trainerFlags as Record<never, never>),
};

export const noiseStudyCommand = command({
  name: "noise study",
  summary: "flip labels, retrain, and measure which detector finds them; goes on where it was left",
  arguments: "<files...>",
  flags,
  examples: [
    [
      "alidade noise study train.csv --rate 0.01 --from easy-to-learn --seeds 5 -o studies/noise",
      "the paper's experiment, with its detector judged at the true prevalence too",
    ],
    [
      "alidade noise study train.csv --rate 0.05 --deep -o studies/deep",
      "all detectors; then `suspects --deep --calibrate studies/deep` knows probabilities",
    ],
    [
      "alidade noise study train.csv --rate 0.01 --trainer encoder --model ./checkpoints/roberta-base --freeze layers:10 -o studies/noise-encoder",
      "by the map of a transformer's highest layers",
    ],
  ],
  async run(files, values, context) {
    const { out, rate: rates, seeds = 3, deep, epochs, seed, threads, how, matrix, from } = values;
    if (out === undefined || rates === undefined) {
      throw new UserError({
        subject: "alidade noise study",
        problem: out === undefined ? "does not know where to write" : "does not know how many labels to flip",
        remedy: out === undefined ? "give -o studies/noise" : "give --rate 0.01,0.05",
      });
    }
    if ((matrix === undefined) === (how === "matrix")) {
      throw new UserError({
        subject: how === "matrix" ? "--how matrix" : "--matrix",
        problem: how === "matrix" ? "needs the matrix" : "goes with --how matrix",
        remedy: "give --how matrix --matrix file.csv",
      });
    }
    const named = values.trainer === undefined ? undefined : findTrainer(values.trainer);
    const given = trainerOptions(values);
    const { effects, signal } = context;
    const dataset = await readDataset(files, readOptions(values, effects), signal);
    try {
      const region = regionNames.find((name) => name === from);
      const trainer = named ?? defaultTrainer(dataset.input.kind);
      const study = await runNoiseStudy(dataset, {
        ...{ out, rates, seeds, deep, seed, threads, signal, effects, protocol: values.protocol },
        trainer,
        trainerOptions: { ...typedOptions(trainer, given), ...(epochs === undefined ? {} : { epochs }) },
        from: from === undefined ? undefined : (region ?? (await filePool(dataset, from))),
        how:
          matrix !== undefined
            ? { kind: "matrix", matrix: await readTransitionMatrix(matrix, dataset.labelNames) }
            : { kind: how === "confusion" ? "confusion" : "uniform" },
      });
      if (study === null)
        throw new Interrupted(`stopped: what is finished stands in ${out}, the same command goes on`);
      context.print(context.json ? JSON.stringify(study, null, 2) : studyText(study, out));
    } finally {
      dataset.close();
    }
  },
});

function parseRates(given: string, name: string): readonly number[] {
  return given.split(",").map((one) => {
    const rate = one.trim() === "" ? NaN : Number(one);
    if (rate > 0 && rate < 1) return rate;
    throw new UserError({
      subject: name,
      problem: "not a share above 0 and below 1",
      value: one,
      remedy: "give --rate 0.01,0.05",
    });
  });
}

function studyText(study: NoiseStudy, out: string): string {
  const rates = [...new Set(study.cells.map(({ rate }) => rate))];
  const lines = [
    `${study.dataset}: ${count(study.size)} examples, flips ${study.how}${study.from === null ? "" : ` from ${study.from}`}`,
  ];
  for (const rate of rates)
    lines.push(
      ...rateLines(
        rate,
        study.cells.filter((cell) => cell.rate === rate),
      ),
    );
  lines.push(
    "",
    `wrote ${out}/results.json and ${counted(study.figures.length, "figures")}: where the flipped examples were, and where they went`,
    "",
    "Next",
    `  alidade suspects runs/x --calibrate ${shellWord(out)}`,
  );
  return lines.join("\n");
}

function rateLines(rate: number, cells: readonly CellFindings[]): string[] {
  const of = (value: (cell: CellFindings) => number): string => {
    const known = cells.map(value).filter((one) => !Number.isNaN(one));
    if (known.length === 0) return "-";
    const { mean, interval } = pairedT(known);
    return interval === null
      ? decimal(mean)
      : `${decimal(mean)} ± ${decimal((interval.high - interval.low) / 2)}`;
  };
  const average = (value: (cell: CellFindings) => number): number =>
    cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
  const names = Object.keys(cells[0]?.detectors ?? {});
  const right = { align: "right" } as const;
  const [before, after] = (["before", "after"] as const).map((when) => ({
    confidence: average(({ moved }) => moved.confidence[when]),
    variability: average(({ moved }) => moved.variability[when]),
  }));
  return [
    "",
    `${percent(rate)} flipped (${count(cells[0]?.flipped ?? 0)} examples), ${counted(cells.length, "injections")}`,
    "",
    table(
      [
        { title: "detector" },
        { title: "average precision", ...right },
        { title: "AUROC", ...right },
        { title: "precision at k", ...right },
      ],
      names.map((name) => [
        name,
        of(({ detectors }) => detectors[name]!.averagePrecision),
        of(({ detectors }) => detectors[name]!.auroc),
        of(({ detectors }) => detectors[name]!.precisionAtK),
      ]),
    ),
    "",
    "  the paper's detector, learned from the other injections",
    table(
      [
        { title: "features" },
        { title: "balanced F1", ...right },
        { title: "in the pool", ...right },
        { title: "precision on all", ...right },
        { title: "prior corrected", ...right },
        { title: "recall", ...right },
        { title: "average precision", ...right },
      ],
      (["both", "confidence", "variability"] as const).map((name) => [
        name,
        of(({ paper }) => paper[name].balancedF1),
        of(({ paper }) => paper[name].balancedF1InPool),
        of(({ paper }) => paper[name].plain.precision),
        of(({ paper }) => paper[name].corrected.precision),
        of(({ paper }) => paper[name].corrected.recall),
        of(({ paper }) => paper[name].averagePrecision),
      ]),
    ),
    `  on the original labels it flags ${count(Math.round(average(({ original }) => original.plain)))}, ${count(Math.round(average(({ original }) => original.corrected)))} after the prior is corrected`,
    `  flipping ${after!.confidence < before!.confidence ? "lowers" : "raises"} confidence from ${decimal(before!.confidence)} to ${decimal(after!.confidence)} and ${after!.variability < before!.variability ? "lowers" : "raises"} variability from ${decimal(before!.variability)} to ${decimal(after!.variability)}`,
  ];
}
