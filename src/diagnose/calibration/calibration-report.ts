/** Calibration of a run: every test set, in every epoch that is known, against gold labels and, where there are any, against votes. */

import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import { defaultThreads } from "../../core/threads.js";
import type { ReadOptions } from "../../dataset/read-options.js";
import { openRun, type Run } from "../../run/reader.js";
import type { LabelMapping } from "../../train/map-labels.js";
import { forecastRows, type Forecasts } from "./forecasts.js";
import {
  defaultResamples,
  measureForecasts,
  type MeasuredForecasts,
  type MeasureOptions,
} from "./measure-forecasts.js";
import {
  predictForecasts,
  readExampleForecasts,
  readTestForecasts,
  type ExampleColumns,
  type ForecastSet,
} from "./read-forecasts.js";
import { fitTemperature } from "./temperature.js";

export interface CalibrationOptions extends ExampleColumns {
  /** Test sets of the run by name. Default: all that it has; where it has none and is held-out, its own examples. */
  readonly tests?: readonly string[] | undefined;
  /** More test sets, which the run's model is asked about, by name. Default: none. */
  readonly files?: readonly NamedTestFile[] | undefined;
  /** The run's own examples too, by what was observed of them. Default: false. */
  readonly examples?: boolean | undefined;
  /** The set that the temperature is fitted on, for all others. Default: each set's own, in folds. */
  readonly fitOn?: string | undefined;
  /** The label whose probability the errors are of. Default: the most probable label's. */
  readonly of?: string | undefined;
  readonly bins?: number | undefined;
  /** Of the last epoch; epochs before it take a fifth. Default: 1,000. */
  readonly resamples?: number | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  /** How `files` are read. */
  readonly read?: ReadOptions | undefined;
  readonly effects?: Effects | undefined;
}

export interface NamedTestFile {
  readonly name: string;
  readonly path: string;
  readonly mapLabels?: LabelMapping | undefined;
}

/** One set of forecasts. */
export interface SetCalibration {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly notes: readonly string[];
  /** The last epoch last. */
  readonly epochs: readonly EpochCalibration[];
  /** How many votes there are; null: none were asked for. */
  readonly votes: {
    readonly examples: number;
    readonly withoutVotes: number;
    readonly withOneVote: number;
    readonly votes: number;
  } | null;
}

export interface EpochCalibration {
  readonly epoch: number;
  readonly gold: MeasuredForecasts;
  /** Of the examples that have votes, against these; null: none were asked for. */
  readonly votes: MeasuredForecasts | null;
}

export interface CalibrationReport {
  readonly run: string;
  readonly dataset: string;
  readonly trainer: string | null;
  readonly protocol: string;
  readonly of: string | null;
  readonly bins: number;
  readonly resamples: number;
  readonly sets: readonly SetCalibration[];
}

/** @throws UserError where the run has no forecasts, or not those asked for */
export async function measureCalibration(
  folder: string,
  options: CalibrationOptions = {},
): Promise<CalibrationReport> {
  const run = await openRun(folder);
  const { bins = 15, resamples = defaultResamples, effects = quiet } = options;
  const sets = await readSets(run, options);
  const label = sets.map((set) => labelOf(set, options.of));
  const on = sets.find(({ name }) => name === options.fitOn);
  if (options.fitOn !== undefined && on === undefined) {
    throw new UserError({
      subject: "--fit-on",
      problem: "no such test set here",
      value: options.fitOn,
      remedy: `there are ${sets.map(({ name }) => name).join(", ")}`,
    });
  }
  const task = effects.progress(
    "calibration",
    sets.reduce((sum, set) => sum + set.epochs.length, 0),
    "sets and epochs",
  );
  let done = 0;
  const measured: SetCalibration[] = [];
  for (const [i, set] of sets.entries()) {
    const epochs: EpochCalibration[] = [];
    for (const { epoch, forecasts } of set.epochs) {
      const last = epoch === set.epochs.at(-1)?.epoch;
      const own = {
        bins,
        seed: options.seed,
        label: label[i],
        resamples: last ? resamples : Math.floor(resamples / 5),
      };
      epochs.push(measureEpoch(set, on, { epoch, forecasts }, own));
      task.update(++done);
    }
    measured.push({
      name: set.name,
      labelNames: set.labelNames,
      notes: set.notes,
      epochs,
      votes: countVotes(set),
    });
  }
  task.end();
  const { dataset, trainer, protocol } = run.manifest;
  return {
    run: folder,
    dataset: dataset.name,
    trainer: trainer?.name ?? null,
    protocol,
    of: options.of ?? null,
    bins,
    resamples,
    sets: measured,
  };
}

async function readSets(run: Run, options: CalibrationOptions): Promise<ForecastSet[]> {
  const {
    tests,
    files = [],
    examples = false,
    votes,
    voteLabels,
    group,
    threads = defaultThreads(),
  } = options;
  const columns = { votes, voteLabels, group };
  const own = await run.tests();
  for (const name of tests ?? []) {
    if (own.includes(name)) continue;
    throw new UserError({
      subject: run.folder,
      problem: "has no scores of a test set",
      value: name,
      remedy: `${own.length > 0 ? `there are ${own.join(", ")}; ` : ""}give its file, --test ${name}=file.csv, to ask the model about it`,
    });
  }
  const taken = files.find(({ name }) => own.includes(name) || name === "examples");
  if (taken !== undefined) {
    throw new UserError({
      subject: "--test",
      problem:
        taken.name === "examples"
          ? "the run's own examples have this name"
          : `${run.folder} has a test set of this name`,
      value: taken.name,
      remedy: `give another name, or only --test ${taken.name} for the run's own`,
    });
  }
  const named = tests ?? (files.length > 0 || examples ? [] : own);
  const heldOut = run.manifest.protocol === "held-out";
  const withExamples = examples || (named.length === 0 && files.length === 0 && heldOut);
  if (named.length === 0 && files.length === 0 && !withExamples) {
    throw new UserError({
      subject: run.folder,
      problem: "has no test set",
      remedy:
        run.manifest.trainer === null
          ? "give --examples for what was observed of its own examples"
          : "give --test name=file.csv, or --examples for the training examples themselves",
    });
  }
  const sets: ForecastSet[] = [];
  for (const name of named) sets.push(await readTestForecasts(run, name, columns));
  const read = { ...options.read, votes, voteLabels, group };
  for (const { name, path, mapLabels } of files)
    sets.push(
      await predictForecasts(run, name, path, { mapLabels, threads, effects: options.effects, read }),
    );
  if (withExamples) sets.push(await readExampleForecasts(run, columns));
  return sets;
}

function labelOf({ name, labelNames, classwise }: ForecastSet, of: string | undefined): number | undefined {
  if (of === undefined) return undefined;
  const label = classwise ? labelNames.indexOf(of) : -1;
  if (label >= 0) return label;
  throw new UserError({
    subject: "--of",
    problem: classwise
      ? `no label of ${name}`
      : `in multiple choice a label means another thing in each example, in ${name}`,
    value: of,
    remedy: classwise ? `its labels are ${labelNames.join(", ")}` : "leave --of out",
  });
}

type Own = Pick<MeasureOptions, "bins" | "seed" | "label" | "resamples">;

function measureEpoch(
  set: ForecastSet,
  on: ForecastSet | undefined,
  { epoch, forecasts }: { readonly epoch: number; readonly forecasts: Forecasts },
  own: Own,
): EpochCalibration {
  const { ids, groups, classwise, votes } = set;
  const given = (ofVotes: boolean): MeasureOptions["temperature"] => {
    if (on === undefined || on === set) return undefined;
    const there = on.epochs.find((one) => one.epoch === epoch);
    if (there === undefined) {
      throw new UserError({
        subject: "--fit-on",
        problem: `${on.name} has no forecasts of epoch ${epoch}, which ${set.name} has`,
        remedy: "train with --test-every-epoch and both test sets",
      });
    }
    const from = ofVotes && on.votes !== null ? againstVotes(there.forecasts, on.votes) : there.forecasts;
    return { fitted: fitTemperature(from), on: on.name };
  };
  const gold = measureForecasts(forecasts, { ...own, ids, groups, classwise, temperature: given(false) });
  if (votes === null) return { epoch, gold, votes: null };
  const { rows, counts } = votes;
  const at = <T>(values: readonly T[]): T[] => Array.from(rows, (row) => values[row]!);
  return {
    epoch,
    gold,
    votes: measureForecasts(againstVotes(forecasts, votes), {
      ...own,
      ids: at(ids),
      groups: groups === null ? null : at(groups),
      classwise,
      temperature: given(true),
      votes: Int32Array.from(rows, (row) => counts[row]!),
    }),
  };
}

function againstVotes(forecasts: Forecasts, { rows, shares }: NonNullable<ForecastSet["votes"]>): Forecasts {
  return forecastRows(forecasts, rows, shares);
}

function countVotes({ votes }: ForecastSet): SetCalibration["votes"] {
  if (votes === null) return null;
  const { rows, counts } = votes;
  return {
    examples: rows.length,
    withoutVotes: counts.length - rows.length,
    withOneVote: counts.filter((n) => n === 1).length,
    votes: counts.reduce((sum, n) => sum + n, 0),
  };
}
