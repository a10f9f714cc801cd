/** `alidade calibration`: does what a model forecasts come true as often as it says? */

import { UserError } from "../../core/errors.js";
import {
  measureCalibration,
  type CalibrationOptions,
  type CalibrationReport,
  type NamedTestFile,
} from "../../diagnose/calibration/calibration-report.js";
import { writeCalibration } from "../../diagnose/calibration/write-calibration.js";
import { subsetFormat } from "../../select/subset-format.js";
import { parseMapLabels } from "../../train/map-labels.js";
import { checkTestNames } from "../../train/test-sets.js";
import { calibrationText } from "../calibration-text.js";
import { checkFigure, checkFigurePath } from "../check-figure.js";
import { command } from "../command.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { oneOf, parsed, repeated, text, toggle, wholeNumber, type Values } from "../flags.js";
import { parseTest, uniqueTests } from "../test-flag.js";

const { labels: _labels, votes, voteLabels, group, ...reading } = datasetFlags;

const flags = {
  test: repeated(
    parsed(
      "<name[=file]>",
      "a test set of the run, or a file that its model is asked about (default: all of the run's)",
      parseSet,
    ),
  ),
  examples: toggle("what was observed of the run's own examples too; honest where it is held-out"),
  mapLabels: repeated(
    parsed("<name: a=b>", "of a --test file: maps the model's labels onto its own", parseMapLabels),
  ),
  votes: {
    ...votes,
    group: undefined,
    help: "columns of annotators' labels or counts: calibration against people too",
  },
  voteLabels: { ...voteLabels, group: undefined },
  group: {
    ...group,
    group: undefined,
    help: "examples that belong together: resampled together, in one fold",
  },
  fitOn: text("<name>", "fit the temperature on this test set (default: on each, in five folds)"),
  of: text("<label>", "errors of this label's probability (default: of the most probable label's)"),
  bins: wholeNumber("<n>", "of ECE and diagrams (default: 15)", { min: 2, max: 1000 }),
  resamples: wholeNumber("<n>", "of the bootstrap behind the intervals; 0: none (default: 1000)", {
    min: 0,
    max: 100_000,
  }),
  out: text("<file>", "all measures with intervals, a line each: .csv, .tsv, .jsonl, .parquet, ...", {
    short: "o",
  }),
  figure: text("<file>", "reliability diagrams: svg, png or pdf"),
  epochsFigure: text("<file>", "measures through the epochs: svg, png or pdf"),
  theme: oneOf(["light", "dark"], "of the figures: colours (default: light)"),
  width: wholeNumber("<pixels>", "of the figures (default: 760)", { min: 240, max: 8000 }),
  seed: wholeNumber("<n>", "of the bootstrap (default: 0)", { min: 0, max: 0xffff_ffff }),
  threads: wholeNumber("<n>", "of a model that is asked (default: all cores)", { min: 1 }),
  ...reading,
};

export const calibrationMeasureCommand = command({
  name: "calibration measure",
  summary: "measure a run's calibration on its test sets, before and after temperature scaling",
  arguments: "<run>",
  flags,
  examples: [
    [
      "alidade calibration runs/banking77",
      "ECE, smooth ECE, Brier and NLL of every test set, with intervals",
    ],
    [
      "alidade calibration runs/banking77 --figure reliability.png -o calibration.csv",
      "reliability diagrams, and all numbers as a table",
    ],
    [
      "alidade calibration measure runs/x --test later=later.csv --votes annotators",
      "asks the model about another file, and compares with its annotators too",
    ],
  ],
  async run([folder = ""], values, context) {
    const { out, figure, epochsFigure, test = [] } = values;
    if (out !== undefined) subsetFormat(out, false);
    checkFigures(values);
    const { effects } = context;
    const report = await measureCalibration(folder, {
      ...asked(values),
      ...sets(test, values),
      effects,
      read: readOptions({ ...values, labels: undefined }, effects),
    });
    const figures = await drawn(report, values);
    if (out !== undefined) await writeCalibration(report, out);
    for (const { path, svg } of figures)
      await (await import("../../plot/render.js")).writeFigure(path, svg, { effects });
    const written = [out, figure, epochsFigure].filter((path) => path !== undefined);
    if (context.json) return context.print(JSON.stringify({ ...report, written }, null, 2));
    const lines = written.length === 0 ? "" : `\n\nwrote ${written.join(", ")}`;
    context.print(`${calibrationText(report, context.width)}${lines}`);
  },
});

type Given = Values<typeof flags>;

/** The figures that were asked for: all of them before anything is written. */
async function drawn(
  report: CalibrationReport,
  { figure, epochsFigure: epochs, theme, width }: Given,
): Promise<{ readonly path: string; readonly svg: string }[]> {
  if (figure === undefined && epochs === undefined) return [];
  const draw = await import("../../diagnose/calibration/calibration-figures.js");
  const look = { title: `Calibration of ${report.dataset}`, subtitle: `run ${report.run}`, theme, width };
  return [
    ...(figure === undefined ? [] : [{ path: figure, svg: draw.reliabilityFigure(report, look) }]),
    ...(epochs === undefined ? [] : [{ path: epochs, svg: draw.epochsFigure(report, look) }]),
  ];
}

function asked({
  examples,
  votes: columns,
  voteLabels: names,
  group: groups,
  fitOn,
  of,
  bins,
  resamples,
  seed,
  threads,
}: Given): CalibrationOptions {
  return {
    examples,
    votes: columns,
    voteLabels: names,
    group: groups,
    fitOn,
    of,
    bins,
    resamples,
    seed,
    threads,
  };
}

interface NamedSet {
  readonly name: string;
  /** null: the run's own. */
  readonly path: string | null;
}

/** `id` is the run's own, `id=file.csv` a file; a name that looks like a file is one. */
function parseSet(given: string, flag: string): NamedSet {
  if (!given.includes("=") && !/[./\\]/.test(given) && given !== "") return { name: given, path: null };
  return parseTest(given, flag);
}

function sets(
  test: readonly NamedSet[],
  { mapLabels = [] }: Given,
): Pick<CalibrationOptions, "tests" | "files"> {
  uniqueTests(test.map(({ name, path }) => ({ name, path: path ?? "" })));
  checkTestNames(test.map(({ name }) => name));
  const files = test.flatMap(({ name, path }): NamedTestFile[] =>
    path === null ? [] : [{ name, path, mapLabels: mapLabels.find((one) => one.test === name)?.mapLabels }],
  );
  const stray = mapLabels.find((one) => !files.some(({ name }) => name === one.test));
  if (stray !== undefined) {
    throw new UserError({
      subject: "--map-labels",
      problem: "names no --test file",
      value: stray.test,
      remedy: "a test set of the run keeps the mapping that it was scored with",
    });
  }
  const tests = test.flatMap(({ name, path }) => (path === null ? [name] : []));
  return { files, ...(test.length === 0 || tests.length === 0 ? {} : { tests }) };
}

/** Before the work, not after it. */
function checkFigures({
  figure,
  epochsFigure,
  theme,
  width,
  voteLabels: names,
  votes: columns,
}: Given): void {
  checkFigure({ figure: figure ?? epochsFigure, theme, width }, "reliability.svg");
  if (epochsFigure !== undefined) checkFigurePath(epochsFigure);
  if (names !== undefined && columns === undefined)
    throw new UserError({
      subject: "--vote-labels",
      problem: "goes with --votes",
      remedy: "name the votes' columns",
    });
}
