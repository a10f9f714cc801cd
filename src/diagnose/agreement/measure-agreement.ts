/** What a run's map has to do with the agreement of the people who voted on its examples. */

import { UserError } from "../../core/errors.js";
import { quiet, type Effects } from "../../core/effects.js";
import { readCoordinate, readMapDescription, readRegions } from "../../map/read-map.js";
import type { Manifest } from "../../run/manifest.js";
import { openRun, type Run } from "../../run/reader.js";
import { addedValue, type AddedValue } from "./added-value.js";
import { annotatorAgreement, type AnnotatorAgreement } from "./annotators.js";
import { apartLabels, type ApartLabels } from "./apart-labels.js";
import { fleissKappa, krippendorffAlpha } from "./chance-corrected.js";
import { coordinateCorrelations, type CoordinateCorrelation } from "./coordinate-agreement.js";
import { defaultSmoothing, distances, type Distances } from "./distribution-distance.js";
import { measureNames, type AgreementMeasure } from "./example-agreement.js";
import { estimate, once, resampled, type Estimate } from "./group-bootstrap.js";
import { labelMoments, type LabelMoments } from "./label-moments.js";
import { noiseCeiling, type NoiseCeiling } from "./noise-ceiling.js";
import { regionVotes, type RegionContrast, type RegionVotes } from "./region-votes.js";
import { exampleRows, sourceColumns } from "./run-columns.js";
import { readVoteLines, type VoteSourceOptions } from "./vote-source.js";
import { voteTable, type VoteTable } from "./vote-table.js";
import { votedExamples, type VotedExamples } from "./voted-examples.js";

export interface AgreementOptions extends VoteSourceOptions {
  /** The labels that bare counts stand for, in their order. */
  readonly voteLabels?: readonly string[] | undefined;
  /** A column of the run's source: examples of one value stand together. Default: the run's groups. */
  readonly group?: string | undefined;
  /** What agreement is. Default: majority. */
  readonly measure?: AgreementMeasure | undefined;
  /** Of the bootstrap. Default: 1,000. */
  readonly resamples?: number | undefined;
  /** Random splits of the votes, and draws of a vote. Default: 200. */
  readonly splits?: number | undefined;
  /** Of the cross-fitted models. Default: 10. */
  readonly folds?: number | undefined;
  /** Of all that is random. Default: 0. */
  readonly seed?: number | undefined;
  readonly effects?: Effects | undefined;
}

/** A figure that may be lacking, with why. */
export type OrReason<T> =
  { readonly found: T; readonly reason: null } | { readonly found: null; readonly reason: string };

export interface HumanAgreement {
  readonly run: {
    readonly folder: string;
    readonly dataset: string;
    readonly trainer: string | null;
    readonly seed: number | null;
    readonly protocol: string;
    readonly epochs: number;
    readonly size: number;
  };
  readonly votes: {
    readonly from: string;
    readonly labelNames: readonly string[];
    /** Examples with two votes or more: what all figures are about. */
    readonly examples: number;
    readonly withOne: number;
    readonly withNone: number;
    readonly total: number;
    /** Votes of an example. */
    readonly fewest: number;
    readonly most: number;
    /** Whose label is the one that most chose, or one of them; null where labels are not known. */
    readonly goldIsMajority: number | null;
    readonly unanimous: number;
  };
  readonly measure: AgreementMeasure;
  readonly groups: { readonly by: string | null; readonly count: number };
  readonly agreement: Estimate;
  readonly alpha: OrReason<Estimate>;
  readonly kappa: OrReason<Estimate & { readonly equalNumbers: boolean }>;
  readonly annotators: OrReason<readonly AnnotatorAgreement[]>;
  readonly correlations: readonly CoordinateCorrelation[];
  readonly regions: readonly RegionVotes[];
  readonly contrasts: readonly RegionContrast[];
  readonly added: OrReason<AddedValue>;
  readonly ceiling: OrReason<NoiseCeiling>;
  readonly apart: OrReason<ApartLabels>;
  readonly distances: Distances;
  readonly settings: {
    readonly resamples: number;
    readonly splits: number;
    readonly folds: number;
    readonly seed: number;
  };
  /** What a reader must know. One sentence each. */
  readonly notes: readonly string[];
}

/** All that was measured, with the examples that it was measured on. */
export interface MeasuredAgreement {
  readonly found: HumanAgreement;
  readonly examples: VotedExamples;
  readonly moments: LabelMoments | null;
}

/** Assignments to folds that the cross-fitted models are averaged over. */
const repeats = 3;
/** Splits into halves that a distance is averaged over. */
const distanceSplits = 20;

/**
 * Measures it all. Examples with fewer than two votes are counted and left out.
 *
 * @throws UserError where the run has no map or no votes, votes do not fit the run, or no example has two
 */
export async function measureAgreement(
  folder: string,
  options: AgreementOptions = {},
): Promise<MeasuredAgreement> {
  const {
    measure = "majority",
    resamples = 1000,
    splits = 200,
    folds = 10,
    seed = 0,
    effects = quiet,
  } = options;
  checkMeasure(measure);
  const run = await openRun(folder);
  const description = await readMapDescription(folder);
  const rows = await exampleRows(run);
  const table = voteTable(await readVoteLines(run, rows.ids, options), {
    size: run.size,
    labelNames: run.labelNames,
    voteLabels: options.voteLabels ?? storedVoteLabels(run.manifest, options.votes),
  });
  const { groups, length, by } = await sourceColumns(run, rows.groups, options.group);
  const labels = table.labelNames.length;
  const { examples, leftOut } = votedExamples({ counts: table.counts, labels }, rows.gold, groups, measure);
  checkEnough(table, examples, leftOut.one, measure);
  const task = effects.progress("agreement", 6, "steps");
  const chance = { resamples, seed };
  try {
    const set = setAgreement(examples, chance);
    task.update(1, "coordinates");
    const correlations = await coordinateCorrelations(folder, examples, chance);
    task.update(2, "regions");
    const pick = (values: Float64Array): Float64Array =>
      Float64Array.from(examples.rows, (row) => values[row]!);
    const byRegion = regionVotes(examples, pick(await readRegions(folder)), chance);
    task.update(3, "what variability adds");
    const added = addedValue({
      ...{ examples, folds, repeats, resamples, seed },
      confidence: pick(await readCoordinate(folder, "confidence")),
      variability: pick(await readCoordinate(folder, "variability")),
      length: length === null ? null : pick(length),
    });
    task.update(4, "the noise ceiling");
    const ceiling = noiseCeiling(examples, measure, { splits, seed });
    task.update(5, "distributions");
    const moments =
      run.labelNames.length === 0
        ? "the run does not know its labels"
        : await labelMoments(run, examples.rows, description.range);
    const apart =
      typeof moments === "string"
        ? moments
        : apartLabels(examples, moments, measure, { draws: splits, seed });
    const known = typeof moments === "string" ? null : moments;
    const far = distances(examples, known, priorOf(rows.gold, labels), {
      ...{ smoothing: defaultSmoothing, splits: distanceSplits, resamples, seed },
    });
    task.update(6, "");
    const found: HumanAgreement = {
      run: {
        folder,
        dataset: run.manifest.dataset.name,
        trainer: run.manifest.trainer?.name ?? null,
        seed: run.manifest.trainer?.seed ?? null,
        protocol: run.manifest.protocol,
        epochs: description.epochs,
        size: run.size,
      },
      votes: describeVotes(table, examples, leftOut),
      measure,
      groups: { by, count: examples.unitCount },
      ...set,
      annotators:
        table.ballots === null
          ? { found: null, reason: "votes bear no names; --annotators names their column" }
          : { found: annotatorAgreement(table.ballots, labels), reason: null },
      correlations,
      ...byRegion,
      added: orReason(added),
      ceiling: orReason(ceiling),
      apart: orReason(apart),
      distances: far,
      settings: { resamples, splits, folds, seed },
      notes: notesOf(run, table, examples, { goldKnown: rows.gold.some((label) => label >= 0), length }),
    };
    return { found, examples, moments: known };
  } finally {
    task.end();
  }
}

function checkMeasure(measure: string): void {
  if ((measureNames as readonly string[]).includes(measure)) return;
  throw new UserError({
    subject: "--measure",
    problem: "no such measure of agreement",
    value: measure,
    remedy: `there are ${measureNames.join(", ")}`,
  });
}

function checkEnough(
  { from }: VoteTable,
  { size, agreement }: VotedExamples,
  withOne: number,
  measure: AgreementMeasure,
): void {
  if (size === 0) {
    throw new UserError({
      subject: from,
      problem: `no example has two votes or more, and ${withOne.toLocaleString("en-US")} have one: nobody can agree`,
      remedy: "name all columns of votes: --votes first,second,third",
    });
  }
  if (measure === "gold" && agreement.some(Number.isNaN)) {
    throw new UserError({
      subject: "--measure",
      problem: "the run does not know the gold label of every example with votes",
      value: measure,
      remedy: "measure by majority, pairs or entropy",
    });
  }
}

function setAgreement(
  examples: VotedExamples,
  chance: { readonly resamples: number; readonly seed: number },
): Pick<HumanAgreement, "agreement" | "alpha" | "kappa"> {
  const { agreement, votes, size } = examples;
  const mean = (weights: Float64Array): number => {
    let [sum, all] = [0, 0];
    for (let i = 0; i < size; i++) {
      sum += weights[i]! * agreement[i]!;
      all += weights[i]!;
    }
    return sum / all;
  };
  const statistics = [mean, krippendorffAlpha(examples), fleissKappa(examples)];
  const drawn = resampled(examples, statistics, chance);
  const [own, alpha, kappa] = statistics.map((statistic, at) => estimate(statistic(once(size)), drawn[at]!));
  const reason =
    "all votes are for one label: without any disagreement there is no chance to measure against";
  const equalNumbers = votes.every((n) => n === votes[0]);
  return {
    agreement: own!,
    alpha: alpha ? { found: alpha, reason: null } : { found: null, reason },
    kappa: kappa ? { found: { ...kappa, equalNumbers }, reason: null } : { found: null, reason },
  };
}

function describeVotes(
  { from, labelNames }: VoteTable,
  { size, votes, gold, counts, labels }: VotedExamples,
  leftOut: { readonly none: number; readonly one: number },
): HumanAgreement["votes"] {
  let [goldFirst, known, unanimous] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const own = counts.subarray(i * labels, (i + 1) * labels);
    const most = own.reduce((max, n) => Math.max(max, n), 0);
    if (most === votes[i]) unanimous++;
    if (gold[i]! < 0) continue;
    known++;
    if (own[gold[i]!] === most) goldFirst++;
  }
  return {
    from,
    labelNames,
    examples: size,
    withOne: leftOut.one,
    withNone: leftOut.none,
    total: votes.reduce((sum, n) => sum + n, 0),
    fewest: votes.reduce((min, n) => Math.min(min, n), Infinity),
    most: votes.reduce((max, n) => Math.max(max, n), 0),
    goldIsMajority: known === 0 ? null : goldFirst / known,
    unanimous: unanimous / size,
  };
}

function notesOf(
  run: Run,
  { strangers, from }: VoteTable,
  { unitCount }: VotedExamples,
  { goldKnown, length }: { readonly goldKnown: boolean; readonly length: Float64Array | null },
): string[] {
  const notes: string[] = [];
  if (strangers > 0)
    notes.push(
      `${from}: ${strangers.toLocaleString("en-US")} lines are of examples that the run does not have`,
    );
  if (!goldKnown) notes.push("the run does not know its labels: what needs the gold label is left out");
  if (run.manifest.protocol !== "held-out")
    notes.push(
      "the model was trained on these examples with their gold labels: a --protocol held-out map is not told them",
    );
  if (length === null) notes.push("the run keeps no texts: length is no predictor");
  if (unitCount < 30) notes.push(`there are ${unitCount} groups: intervals of so few are too narrow`);
  return notes;
}

function orReason<T>(value: T | string): OrReason<T> {
  return typeof value === "string" ? { found: null, reason: value } : { found: value, reason: null };
}

function priorOf(gold: Int32Array, labels: number): Float64Array | null {
  const prior = new Float64Array(labels);
  let known = 0;
  for (const label of gold) {
    if (label < 0) continue;
    prior[label]!++;
    known++;
  }
  return known === 0 ? null : prior.map((n) => n / known);
}

/** Those that the run was made with, where its own votes are asked for. */
function storedVoteLabels(
  { dataset: { roles } }: Manifest,
  asked: readonly string[] | undefined,
): readonly string[] | undefined {
  const [own, names] = [roles["votes"], roles["voteLabels"]];
  const same = asked === undefined || JSON.stringify(asked) === JSON.stringify([own ?? []].flat());
  return same && Array.isArray(names) ? names : undefined;
}
