/** Puts known errors into a dataset's labels, and keeps the truth. */

import { UserError } from "../../core/errors.js";
import { version } from "../../core/version.js";
import type { Dataset } from "../../dataset/dataset.js";
import { relabel } from "../../dataset/relabel.js";
import { wholeUnits } from "../../dataset/whole-units.js";
import { confusedLabel, matrixLabel, uniformLabel, type NewLabel } from "./new-label.js";
import { planFlips } from "./plan-flips.js";
import type { TransitionMatrix } from "./transition-matrix.js";
import type { NoiseTruth } from "./truth.js";

/** The examples that may flip. */
export interface FlipPool {
  /** For messages and the truth: `easy-to-learn`, or a file's name. */
  readonly name: string;
  /** Rows of the dataset. */
  readonly rows: Int32Array;
}

export interface NoiseOptions {
  /** Share of examples that flip, in [0, 1): floor(rate x N + 1e-9) of them. Needed but for a matrix, whose own rates are the default. */
  readonly rate?: number | undefined;
  /** What the rate is a share of: all examples, or those that may flip. Default: all. */
  readonly rateOf?: "all" | "region" | undefined;
  /** Which examples may flip. Default: all. */
  readonly from?: FlipPool | undefined;
  /** What becomes of a label: any other alike, what the matrix says, or what the model would say instead. Default: uniform. */
  readonly how?:
    | { readonly kind: "uniform" }
    | { readonly kind: "matrix"; readonly matrix: TransitionMatrix }
    /** `second`: of each row the model's most probable other label, -1 where not known. */
    | { readonly kind: "confusion"; readonly second: Int32Array }
    | undefined;
  /** A whole number from 0 to 2^32 - 1. Default: 0. */
  readonly seed?: number | undefined;
  /** For the truth: the command that asked for it. Default: null. */
  readonly command?: string | undefined;
}

export interface NoisyDataset {
  /** Shares the source of the dataset that it was made of. */
  readonly dataset: Dataset;
  readonly truth: NoiseTruth;
  /** Rows that flipped, ascending. */
  readonly flipped: Int32Array;
}

/**
 * Flips the labels of some examples. Groups and exact duplicates flip or stay together; ids and seed decide which, in any order of the rows.
 *
 * @throws UserError where the rate is out of range, more are to flip than may, or nothing says what a label becomes
 */
export function injectNoise(dataset: Dataset, options: NoiseOptions): NoisyDataset {
  const { rate, rateOf = "all", from, how = { kind: "uniform" }, seed = 0, command = null } = options;
  checkRate(rate, how.kind);
  const eligible = from === undefined ? null : membership(from, dataset.size);
  const pool = from?.rows.length ?? dataset.size;
  const asked = rate === undefined ? null : share(rate, rateOf === "all" ? dataset.size : pool);
  if (asked !== null && asked > pool) {
    throw new UserError({
      subject: "--rate",
      problem: `asks for ${asked} of ${dataset.size} examples, and ${from?.name ?? "the dataset"} has ${pool}`,
      value: rate,
      remedy: "lower it, or give --rate-of region",
    });
  }
  const plan = planFlips({
    ids: dataset.ids,
    gold: dataset.gold,
    units: wholeUnits(dataset),
    eligible,
    quota: how.kind === "matrix" ? labelQuota(dataset, eligible, how.matrix, asked) : (asked ?? 0),
    newLabel: labelChooser(dataset, how),
    seed,
  });
  const gold = dataset.gold.slice();
  plan.rows.forEach((row, i) => (gold[row] = plan.labels[i]!));
  const name = (label: number): string => dataset.labelNames[label] ?? "";
  const order = Array.from(plan.rows.keys());
  return {
    dataset: relabel(dataset, gold),
    flipped: plan.rows,
    truth: {
      format: 1,
      alidade: version,
      dataset: { name: dataset.name, size: dataset.size, labelNames: [...dataset.labelNames] },
      noise: {
        how: how.kind,
        rate: rate ?? null,
        rateOf,
        from: from?.name ?? null,
        eligible: pool,
        asked: plan.asked,
        seed,
        matrix: how.kind === "matrix" ? rowsOf(how.matrix) : null,
      },
      command,
      flips: order.map((i) => ({
        id: dataset.ids[plan.rows[i]!]!,
        from: name(dataset.gold[plan.rows[i]!]!),
        to: name(plan.labels[i]!),
      })),
    },
  };
}

function checkRate(rate: number | undefined, how: string): void {
  if (rate === undefined && how === "matrix") return;
  if (rate !== undefined && rate >= 0 && rate < 1) return;
  throw new UserError({
    subject: "--rate",
    problem: rate === undefined ? "is needed" : "out of range",
    value: rate,
    remedy: "give a share from 0 to below 1, as in --rate 0.05",
  });
}

function share(rate: number, of: number): number {
  return Math.floor(rate * of + 1e-9);
}

function membership({ rows }: FlipPool, size: number): Uint8Array {
  const member = new Uint8Array(size);
  for (const row of rows) member[row] = 1;
  return member;
}

function labelChooser(dataset: Dataset, how: NonNullable<NoiseOptions["how"]>): NewLabel {
  const { gold, input, labelNames } = dataset;
  if (how.kind === "confusion") return confusedLabel(how.second);
  if (how.kind === "uniform")
    return uniformLabel(gold, (row) =>
      input.kind === "choices" ? (input.choices[row]?.length ?? 0) : labelNames.length,
    );
  if (input.kind === "choices") {
    throw new UserError({
      subject: "--matrix",
      problem: "goes with labels that are classes: this is multiple choice",
      value: dataset.name,
      remedy: "give --how uniform or confusion",
    });
  }
  return matrixLabel(gold, how.matrix);
}

/**
 * How many of each label flip: n (1 - stay) each, rounded so that the sum is right (largest remainders first), scaled where a rate says how
 * many flip in all.
 */
function labelQuota(
  { gold, labelNames }: Dataset,
  eligible: Uint8Array | null,
  { values, labels }: TransitionMatrix,
  asked: number | null,
): Int32Array {
  const counts = new Float64Array(labels);
  gold.forEach((label, row) => {
    if (eligible === null || eligible[row] === 1) counts[label]!++;
  });
  const errors = counts.map((n, label) => n * (1 - values[label * labels + label]!));
  const sum = errors.reduce((a, b) => a + b, 0);
  if (sum === 0 && asked !== 0) {
    throw new UserError({
      subject: "--matrix",
      problem: "keeps every label as it is",
      remedy: "give rows whose diagonal is below 1",
    });
  }
  const total = asked ?? Math.round(sum);
  const exact = errors.map((n) => (sum === 0 ? 0 : (n / sum) * total));
  const quota = Int32Array.from(exact, Math.floor);
  const short = total - quota.reduce((a, b) => a + b, 0);
  const byRest = [...exact.keys()].sort((a, b) => exact[b]! - quota[b]! - (exact[a]! - quota[a]!) || a - b);
  for (const label of byRest.slice(0, short)) quota[label]!++;
  const over = quota.findIndex((n, label) => n > counts[label]!);
  if (over >= 0) {
    throw new UserError({
      subject: "--rate",
      problem: `asks for ${quota[over]} of the ${counts[over]} examples of ${JSON.stringify(labelNames[over])}`,
      remedy: "lower it, or leave it out: the matrix has rates of its own",
    });
  }
  return quota;
}

function rowsOf({ values, labels }: TransitionMatrix): number[][] {
  return Array.from({ length: labels }, (_, from) =>
    Array.from(values.subarray(from * labels, (from + 1) * labels)),
  );
}
