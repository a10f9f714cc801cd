/** `alidade calibration study`: does a model's calibration come from the uncertainty in its data? */

import { join } from "node:path";
import { UserError } from "../../core/errors.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { runCalibrationStudy } from "../../diagnose/calibration-study/run-calibration-study.js";
import { defaultTrainer, findTrainer } from "../../train/registry.js";
import { calibrationStudyText } from "../calibration-study-text.js";
import { command } from "../command.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { list, number, oneOf, text, wholeNumber } from "../flags.js";
import { Interrupted } from "../interrupted.js";

const flags = {
  out: text("<folder>", "the study's folder", { short: "o" }),
  truth: list(
    "<columns>",
    "measure against these votes or counts instead: more votes, a known distribution (default: the votes)",
  ),
  truthLabels: list("<names>", "the labels that bare counts of --truth stand for, in their order"),
  seeds: wholeNumber("<n>", "splits, drawn votes and trainings (default: 10)", { min: 2, max: 1000 }),
  testShare: number("<share>", "of the examples, tested on (default: 1/3)", { min: 0, max: 1, above: true }),
  trainer: text("<name>", "one that learns from votes: ngram"),
  epochs: wholeNumber("<n>", "passes over the training examples (default: 6)", { min: 1 }),
  threads: wholeNumber("<n>", "threads; the result does not depend on it (default: all cores)", { min: 1 }),
  theme: oneOf(["light", "dark"], "of the figures: colours (default: light)"),
  ...datasetFlags,
};

export const calibrationStudyCommand = command({
  name: "calibration study",
  summary:
    "change only the labels, or how far people agree on the examples, and see what becomes of calibration",
  arguments: "<files...>",
  flags,
  examples: [
    [
      "alidade calibration study train.csv --votes annotators -o studies/calibration",
      "majority, sampled, soft and sharpened labels; examples of high and low agreement; ten splits",
    ],
    [
      "alidade calibration study train.csv --votes five --truth hundred --truth-labels yes,no -o studies/calibration",
      "learns from five votes, measures against a hundred",
    ],
  ],
  async run(files, values, context) {
    const { out, truth: columns, truthLabels, seeds, testShare, epochs, threads, theme } = values;
    const missing =
      out === undefined ? "where to write" : values.votes === undefined ? "which columns are votes" : null;
    if (out === undefined || missing !== null) {
      throw new UserError({
        subject: "alidade calibration study",
        problem: `does not know ${missing}`,
        remedy: out === undefined ? "give -o studies/calibration" : "give --votes annotators",
      });
    }
    if (truthLabels !== undefined && columns === undefined)
      throw new UserError({
        subject: "--truth-labels",
        problem: "goes with --truth",
        remedy: "name the columns of the truth",
      });
    const { effects, signal } = context;
    const reading = readOptions(values, effects);
    const trainer = values.trainer === undefined ? undefined : findTrainer(values.trainer);
    const dataset = await readDataset(files, reading, signal);
    try {
      const truth =
        columns === undefined
          ? undefined
          : await readDataset(
              files,
              {
                ...reading,
                ...dataset.roles,
                ...{
                  labels: dataset.labelNames,
                  votes: columns,
                  voteLabels: truthLabels,
                  effects: undefined,
                },
              },
              signal,
            );
      try {
        const study = await runCalibrationStudy(dataset, {
          ...{ out, truth, seeds, testShare, threads, signal, effects },
          trainer: trainer ?? defaultTrainer(dataset.input.kind),
          trainerOptions: epochs === undefined ? {} : { epochs },
        });
        if (study === null)
          throw new Interrupted(`stopped: what is finished stands in ${out}, the same command goes on`);
        const [{ armsFigure, contrastsFigure }, { writeFigure }] = await Promise.all([
          import("../../diagnose/calibration-study/study-figures.js"),
          import("../../plot/render.js"),
        ]);
        const look = { subtitle: `${study.dataset}, ${study.seeds} splits`, theme };
        await writeFigure(
          join(out, "contrasts.svg"),
          contrastsFigure(study, {
            ...look,
            title: "Calibration and the uncertainty in the data",
            width: 980,
          }),
        );
        await writeFigure(
          join(out, "arms.svg"),
          armsFigure(study, { ...look, title: "Models by what they were trained on", width: 1180 }),
        );
        context.print(
          context.json ? JSON.stringify(study, null, 2) : calibrationStudyText(study, out, context.width),
        );
      } finally {
        truth?.close();
      }
    } finally {
      dataset.close();
    }
  },
});
