/**
 * Labels that do not come from the votes they are compared with. A gold label that is the majority of the very votes is lucky where they happened to agree, and that alone
 * lets confidence follow agreement. So one vote of each example is drawn to be its label, the coordinates of that label are read from the model's
 * logits, and agreement is that of the other votes: given what people think of the example, the two are independent. The model itself was trained with the gold
 * label: only a held-out one did not see this example's.
 */

import { Random } from "../../core/random.js";
import { agreementOf, type AgreementMeasure } from "./example-agreement.js";
import {
  estimate,
  once,
  resampledWeights,
  type Estimate,
  type Statistic,
  type Units,
} from "./group-bootstrap.js";
import type { LabelMoments } from "./label-moments.js";
import { rankCorrelation } from "./rank-correlation.js";
import { drawOne, withoutOne } from "./vote-draws.js";
import type { VotedExamples } from "./voted-examples.js";

/** Spearman correlations of one way to choose label and votes. null where a column is constant. */
export interface ApartRow {
  readonly label: "the run's" | "one vote, drawn";
  readonly votes: "all" | "all but one for it" | "the others";
  /** With agreement, as the measure says; of `gold` with the share of votes for the row's label. */
  readonly confidence: Estimate | null;
  readonly variability: Estimate | null;
  readonly correctness: Estimate | null;
  /** Of confidence with the share of these votes that are for the label. */
  readonly confidenceWithShare: Estimate | null;
}

export interface ApartLabels {
  /** Examples with three votes or more, and a gold label: two are left to agree. */
  readonly size: number;
  readonly draws: number;
  readonly rows: readonly ApartRow[];
}

const least = 3;

/** @returns a reason where there is nothing to compare */
export function apartLabels(
  all: VotedExamples,
  moments: LabelMoments,
  measure: AgreementMeasure,
  { draws, seed }: { readonly draws: number; readonly seed: number },
): ApartLabels | string {
  const kept = Int32Array.from(all.rows.keys()).filter((i) => all.votes[i]! >= least && all.gold[i]! >= 0);
  if (kept.length < 3) return `it takes examples with ${least} votes or more, and there are ${kept.length}`;
  const { labels, gold, counts } = all;
  const scored = (label: Int32Array, votes: Uint32Array): (readonly [Float64Array, Float64Array])[] => {
    const column = (of: (i: number) => number): Float64Array => Float64Array.from(kept, of);
    const agreement = column((i) => agreementOf(measure, votes, i * labels, labels, label[i]!));
    const share = column((i) => agreementOf("gold", votes, i * labels, labels, label[i]!));
    const [confidence, variability, correctness] = [moments.mean, moments.deviation, moments.correct].map(
      (own) => column((i) => own[i * labels + label[i]!]!),
    );
    return [
      [confidence!, agreement],
      [variability!, agreement],
      [correctness!, agreement],
      [confidence!, share],
    ];
  };
  const units = { units: kept.map((i) => all.units[i]!), unitCount: all.unitCount };
  const fixed = (label: Int32Array, votes: Uint32Array): (Estimate | null)[] => {
    const own = correlationsOf(scored(label, votes));
    return averaged(() => own, units, draws, seed);
  };
  const random = new Random(seed);
  const drawn = (): Statistic[] => {
    const label = drawOne(all, random);
    return correlationsOf(scored(label, withoutOne(all, label)));
  };
  const row = (
    label: ApartRow["label"],
    votes: ApartRow["votes"],
    [confidence, variability, correctness, confidenceWithShare]: (Estimate | null)[],
  ): ApartRow => ({
    ...{ label, votes },
    confidence: confidence!,
    variability: variability!,
    correctness: correctness!,
    confidenceWithShare: confidenceWithShare!,
  });
  return {
    size: kept.length,
    draws,
    rows: [
      row("the run's", "all", fixed(gold, counts)),
      row("the run's", "all but one for it", fixed(gold, withoutOne(all, gold))),
      row("one vote, drawn", "the others", averaged(drawn, units, draws, seed)),
    ],
  };
}

function correlationsOf(pairs: readonly (readonly [Float64Array, Float64Array])[]): Statistic[] {
  return pairs.map(([a, b]) => rankCorrelation(a, b).spearman);
}

/** Mean correlations over draws; each resample of the groups takes the next draw, so that the interval holds both kinds of chance. */
function averaged(
  next: () => readonly Statistic[],
  units: Units,
  resamples: number,
  seed: number,
): (Estimate | null)[] {
  const whole = once(units.units.length);
  const each: Float64Array[] = [];
  const values: Float64Array[] = [];
  let at = 0;
  for (const weights of resampledWeights(units, { resamples, seed: seed + 1 })) {
    next().forEach((spearman, column) => {
      each[column] ??= new Float64Array(resamples).fill(NaN);
      values[column] ??= new Float64Array(resamples).fill(NaN);
      each[column][at] = spearman(whole);
      values[column][at] = spearman(weights);
    });
    at++;
  }
  return values.map((own, column) => {
    const known = each[column]!.filter((r) => !Number.isNaN(r));
    return estimate(known.length === 0 ? NaN : known.reduce((sum, r) => sum + r, 0) / known.length, own);
  });
}
