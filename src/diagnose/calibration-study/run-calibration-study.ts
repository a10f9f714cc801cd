/**
 * A calibration study: does a model's calibration come from the uncertainty in its data? A cell is an arm and a seed; the seed makes the split, the drawn votes and the
 * training, alike for all arms. Each cell's result lies in a file of its own, so that a stopped study goes on and a larger one keeps what stands.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { defaultThreads } from "../../core/threads.js";
import type { Dataset, Votes } from "../../dataset/dataset.js";
import { selectRows } from "../../dataset/select-rows.js";
import { optionNames, parseOptions } from "../../train/parse-options.js";
import type { Trainer } from "../../train/trainer.js";
import { voteShares } from "../calibration/read-forecasts.js";
import { crossFolds } from "../calibration/temperature.js";
import { type CellPoint, trainCell } from "./cell.js";
import { type CalibrationContrast, type CalibrationQuestion, contrast, questions } from "./contrasts.js";
import { armData, armNames, type CalibrationArm, majority, plain } from "./label-arms.js";

export interface CalibrationStudyOptions {
  /** The study's folder. */
  readonly out: string;
  /** What the forecasts are measured against, over the same examples: more votes, or a known distribution as counts. Default: the dataset's own votes. */
  readonly truth?: Dataset | undefined;
  /** How many splits, at least 2. Default: 10. */
  readonly seeds?: number | undefined;
  /** Share of the examples that is tested on, above 0 and below 1. Default: 1/3. */
  readonly testShare?: number | undefined;
  /** One that learns from votes. */
  readonly trainer: Trainer;
  readonly trainerOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

/** Means over seeds of what an arm's models do at the end of training. */
export interface ArmSummary {
  readonly arm: CalibrationArm;
  readonly examples: number;
  /** Against the majority label. */
  readonly accuracy: readonly number[];
  /** Against votes, one a seed. */
  readonly overconfidence: readonly number[];
  readonly smooth: readonly number[];
  readonly smoothAfter: readonly number[];
  readonly nll: readonly number[];
  readonly nllAfter: readonly number[];
  readonly distance: readonly number[];
  readonly temperature: readonly number[];
  /** Against the majority label. */
  readonly smoothMajority: readonly number[];
}

export interface CalibrationStudy {
  readonly format: 1;
  readonly dataset: string;
  /** With votes. */
  readonly size: number;
  readonly withoutVotes: number;
  readonly votesAnExample: number;
  /** Mean share of votes for the commonest label. */
  readonly agreement: number;
  readonly against: "votes" | "truth";
  readonly trainer: string;
  readonly seeds: number;
  readonly train: number;
  readonly test: number;
  readonly arms: readonly ArmSummary[];
  readonly contrasts: readonly CalibrationContrast[];
}

interface VotedDataset extends Dataset {
  readonly votes: Votes;
}

/** @throws UserError where options are wrong, there are too few votes, or the folder holds a study of other ones */
export async function runCalibrationStudy(
  dataset: Dataset,
  options: CalibrationStudyOptions,
): Promise<CalibrationStudy | null> {
  const {
    out,
    seeds = 10,
    testShare = 1 / 3,
    trainer,
    trainerOptions = {},
    effects = quiet,
    signal,
  } = options;
  checkOptions(options);
  const voted = withVotes(dataset, options.truth);
  await claimFolder(voted, options, testShare);
  const cells = new Map<CalibrationArm, Map<number, readonly CellPoint[]>>(
    armNames.map((arm) => [arm, new Map()]),
  );
  const task = effects.progress("calibration study", seeds * armNames.length, "cells");
  let done = 0;
  let sizes = { train: 0, test: 0 };
  for (let seed = 0; seed < seeds; seed++) {
    const split = splitOf(voted.dataset, testShare, seed);
    sizes = { train: split.train.length, test: split.test.length };
    for (const arm of armNames) {
      const points = await cell(voted, split, {
        arm,
        seed,
        trainer,
        trainerOptions,
        out,
        signal,
        threads: options.threads,
      });
      if (points === null || signal?.aborted === true) {
        task.end(true);
        return null;
      }
      cells.get(arm)!.set(seed, points);
      task.update(++done);
    }
  }
  task.end();
  const { votes, size } = voted.dataset;
  const width = votes.labelNames.length;
  let [all, most] = [0, 0];
  for (let row = 0; row < size; row++) {
    const own = votes.counts.subarray(row * width, (row + 1) * width);
    const total = own.reduce((sum, n) => sum + n, 0);
    all += total;
    most += own.reduce((max, n) => Math.max(max, n), 0) / total;
  }
  const study: CalibrationStudy = {
    format: 1,
    dataset: dataset.name,
    size,
    withoutVotes: dataset.size - size,
    votesAnExample: all / size,
    agreement: most / size,
    against: options.truth === undefined ? "votes" : "truth",
    trainer: trainer.name,
    seeds,
    ...sizes,
    arms: armNames.map((arm) => summary(arm, sizes.train, cells.get(arm)!)),
    contrasts: (Object.keys(questions) as CalibrationQuestion[]).map((question) =>
      contrast(question, cells, sizes.test / sizes.train),
    ),
  };
  await writeFileAtomically(join(out, "results.json"), `${JSON.stringify(study, null, 2)}\n`);
  return study;
}

function checkOptions({
  out,
  seeds = 10,
  testShare = 1 / 3,
  trainer,
  trainerOptions = {},
}: CalibrationStudyOptions): void {
  if (out === "")
    throw new UserError({ subject: "--out", problem: "is needed", remedy: "give -o studies/calibration" });
  if (!(Number.isInteger(seeds) && seeds >= 2)) {
    throw new UserError({
      subject: "--seeds",
      problem: "too few for an interval",
      value: seeds,
      remedy: "give --seeds 5 or more",
    });
  }
  if (!(testShare > 0 && testShare < 1)) {
    throw new UserError({
      subject: "--test-share",
      problem: "out of range",
      value: testShare,
      remedy: "give a share above 0 and below 1",
    });
  }
  if (optionNames(trainer)?.includes("targets") !== true) {
    throw new UserError({
      subject: "--trainer",
      problem: "does not learn from shares of votes",
      value: trainer.name,
      remedy: "take ngram",
    });
  }
  parseOptions(trainer, trainerOptions);
}

interface Voted {
  readonly dataset: VotedDataset;
  /** rows x labels: what forecasts are measured against. */
  readonly shares: Float64Array;
}

/** The examples that have votes, with these over the dataset's own labels. @throws UserError where there are too few of them, or of labels */
function withVotes(dataset: Dataset, truth: Dataset | undefined): Voted {
  if (dataset.input.kind === "choices") {
    throw new UserError({
      subject: dataset.name,
      problem: "is of multiple choice, where votes have no common labels",
      remedy: "give a dataset with labels",
    });
  }
  if (dataset.votes === null) {
    throw new UserError({
      subject: dataset.name,
      problem: "has no votes",
      remedy: "name their columns with --votes",
    });
  }
  const labels = { names: dataset.labelNames, mapLabels: {} };
  const own = voteShares(dataset, labels, dataset.name);
  const known = truth === undefined ? own : voteShares(truth, labels, `${dataset.name}, --truth`);
  const rows = own.rows.filter((row) => known.counts[row]! > 0);
  const least = 60;
  if (rows.length < least) {
    throw new UserError({
      subject: dataset.name,
      problem: `${rows.length} examples have votes${truth === undefined ? "" : " and a truth"}: too few to split`,
      remedy: `give at least ${least}`,
    });
  }
  const width = dataset.labelNames.length;
  const all = plain(dataset);
  const counts = new Uint32Array(dataset.size * width);
  for (const row of rows)
    for (let k = 0; k < width; k++)
      counts[row * width + k] = Math.round(own.shares[row * width + k]! * own.counts[row]!);
  const votes = { labelNames: dataset.labelNames, counts };
  const some = selectRows({ ...all, votes }, rows);
  const shares = Float64Array.from(
    { length: rows.length * width },
    (_, i) => known.shares[rows[Math.floor(i / width)]! * width + (i % width)]!,
  );
  const voted = { ...all, ...some, votes: some.votes!, size: rows.length };
  const unanimous = rows.every(
    (_, row) => voted.votes.counts.subarray(row * width, (row + 1) * width).filter((n) => n > 0).length === 1,
  );
  if (unanimous) {
    throw new UserError({
      subject: dataset.name,
      problem: "all votes of every example are for one label: there is no uncertainty to take away",
      remedy: "give the votes of several annotators",
    });
  }
  return { dataset: voted, shares };
}

interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** By a seeded hash of group or id: groups whole, a share of them tested on. */
function splitOf({ ids, groups, size }: Dataset, testShare: number, seed: number): Split {
  const keys = ids.map((id, row) => `${seed} ${groups?.[row] ?? `example ${id}`}`);
  const part = crossFolds(keys, Infinity);
  const used = part.reduce((most, f) => Math.max(most, f + 1), 0);
  const inTest = (row: number): boolean => part[row]! < testShare * used;
  const rows = Int32Array.from({ length: size }, (_, row) => row);
  return { train: rows.filter((row) => !inTest(row)), test: rows.filter(inTest) };
}

interface CellSetting {
  readonly arm: CalibrationArm;
  readonly seed: number;
  readonly trainer: Trainer;
  readonly trainerOptions: Readonly<Record<string, unknown>>;
  readonly out: string;
  readonly signal: AbortSignal | undefined;
  readonly threads: number | undefined;
}

async function cell(
  { dataset, shares }: Voted,
  split: Split,
  setting: CellSetting,
): Promise<CellPoint[] | null> {
  const { arm, seed, trainer, trainerOptions, out, signal, threads = defaultThreads() } = setting;
  const path = join(out, "cells", `${arm},seed=${seed}.json`);
  const there = await readFile(path, "utf8").catch(() => null);
  if (there !== null) return JSON.parse(there) as CellPoint[];
  const part = (rows: Int32Array): VotedDataset => {
    const some = selectRows(dataset, rows);
    return { ...dataset, ...some, votes: some.votes!, size: rows.length };
  };
  const [train, test] = [part(split.train), part(split.test)];
  const width = dataset.labelNames.length;
  const own = new Float64Array(test.size * width);
  split.test.forEach((row, at) => own.set(shares.subarray(row * width, (row + 1) * width), at * width));
  const keys = test.ids.map((id, row) => test.groups?.[row] ?? `example ${id}`);
  const points = await trainCell({
    train: armData(train, arm, seed),
    test,
    shares: own,
    majority: ownMajority(own, width, test, seed),
    fold: crossFolds(keys, 5),
    half: crossFolds(
      keys.map((key) => `half ${key}`),
      2,
    ),
    ...{ trainer, options: trainerOptions, seed, threads, signal },
  });
  if (points !== null) await writeFileAtomically(path, `${JSON.stringify(points)}\n`);
  return points;
}

/** By the truth where there is one: its largest share; of equal ones by the votes' own rule. */
function ownMajority(
  shares: Float64Array,
  width: number,
  { votes, ids }: VotedDataset,
  seed: number,
): Int32Array {
  const byVotes = majority(votes, ids, seed);
  return byVotes.map((label, row) => {
    const own = shares.subarray(row * width, (row + 1) * width);
    const most = own.reduce((max, share) => Math.max(max, share), 0);
    return own[label] === most ? label : own.indexOf(most);
  });
}

/** Writes down what the study is; another one in the folder is an error. Seeds may grow: the cells that stand are kept. */
async function claimFolder(
  { dataset, shares }: Voted,
  options: CalibrationStudyOptions,
  testShare: number,
): Promise<void> {
  const { out, trainer, trainerOptions = {} } = options;
  const hash = createHash("sha256");
  dataset.ids.forEach((id, row) => hash.update(`${id}\u0000${dataset.groups?.[row] ?? ""}\n`));
  hash.update(new Uint8Array(dataset.votes.counts.buffer)).update(new Uint8Array(shares.buffer));
  const content = {
    format: 1,
    kind: "calibration",
    ...{ dataset: dataset.name, examples: hash.digest("hex"), testShare },
    ...{ trainer: trainer.name, trainerVersion: trainer.version ?? 1, options: trainerOptions },
  };
  const path = join(out, "calibration-study.json");
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await mkdir(join(out, "cells"), { recursive: true });
  const there = await readFile(path, "utf8").catch(() => null);
  if (there === null) return await writeFileAtomically(path, text);
  if (there === text) return;
  throw new UserError({
    subject: out,
    problem: "holds a calibration study of other data or options",
    remedy: "give another -o, or delete that folder",
  });
}

function summary(
  arm: CalibrationArm,
  train: number,
  cells: ReadonlyMap<number, readonly CellPoint[]>,
): ArmSummary {
  const ends = [...cells.values()].map((points) => points.at(-1)!.whole);
  const whole = arm === "high" || arm === "random" || arm === "low" ? Math.floor(train / 3) : train;
  return {
    arm,
    examples: whole,
    accuracy: ends.map(({ majority: own }) => own.before.accuracy),
    overconfidence: ends.map(({ votes }) => votes.before.confidence - votes.before.accuracy),
    smooth: ends.map(({ votes }) => votes.before.smooth),
    smoothAfter: ends.map(({ votes }) => votes.after.smooth),
    nll: ends.map(({ votes }) => votes.before.nll),
    nllAfter: ends.map(({ votes }) => votes.after.nll),
    distance: ends.map(({ votes }) => votes.before.distance),
    temperature: ends.map(({ votes }) => votes.temperature),
    smoothMajority: ends.map(({ majority: own }) => own.before.smooth),
  };
}
