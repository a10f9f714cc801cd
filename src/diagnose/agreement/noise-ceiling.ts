/**
 * How well agreement could be predicted at all: votes are few, and another handful of them would give another agreement. Votes are split into random halves,
 * and the agreement of the one half is correlated with that of the other.
 */

import { Random } from "../../core/random.js";
import { agreementOf, type AgreementMeasure } from "./example-agreement.js";
import { estimate, once, resampledWeights, type Estimate } from "./group-bootstrap.js";
import { rankCorrelation } from "./rank-correlation.js";
import { splitHalves } from "./vote-draws.js";
import type { VotedExamples } from "./voted-examples.js";

export interface NoiseCeiling {
  /** Examples with four votes or more: a half of fewer agrees with itself. */
  readonly size: number;
  readonly splits: number;
  /** Mean Spearman correlation of the agreement of two halves. */
  readonly halves: Estimate;
  /** Of all votes, by Spearman and Brown: 2 r / (1 + r). */
  readonly reliability: Estimate;
  /** What a predictor that knew each example's true agreement would correlate at: the root of the reliability. */
  readonly ceiling: Estimate;
}

const least = 4;

/**
 * Spearman (1910) and Brown (1910). Their formula is exact for linear scores of parallel halves; shares of few votes are neither, so that it is an
 * approximation here. Each split is paired with one resample of the groups, so that the intervals hold both kinds of chance.
 *
 * @returns a reason where there is none
 */
export function noiseCeiling(
  examples: VotedExamples,
  measure: AgreementMeasure,
  { splits, seed }: { readonly splits: number; readonly seed: number },
): NoiseCeiling | string {
  const size = examples.votes.reduce((sum, n) => sum + (n >= least ? 1 : 0), 0);
  if (size < 3) return `it takes examples with ${least} votes or more, and there are ${size}`;
  const random = new Random(seed);
  const plain: number[] = [];
  const drawn = new Float64Array(splits).fill(NaN);
  let at = 0;
  const all = once(examples.size);
  for (const weights of resampledWeights(examples, { resamples: splits, seed: seed + 1 })) {
    const [first, second] = splitHalves(examples, random, least).map((half) =>
      Float64Array.from(examples.rows, (_, i) =>
        agreementOf(measure, half, i * examples.labels, examples.labels, examples.gold[i]!),
      ),
    );
    const { spearman } = rankCorrelation(first!, second!);
    drawn[at++] = spearman(weights);
    const own = spearman(all);
    if (!Number.isNaN(own)) plain.push(own);
  }
  const mean = plain.reduce((sum, r) => sum + r, 0) / plain.length;
  const halves = estimate(plain.length === 0 ? NaN : mean, drawn);
  if (halves === null) return "agreement does not vary from example to example";
  const of = (f: (r: number) => number): Estimate => ({
    value: f(halves.value),
    interval: halves.interval && { low: f(halves.interval.low), high: f(halves.interval.high) },
  });
  return {
    size,
    splits,
    halves,
    reliability: of(spearmanBrown),
    ceiling: of((r) => Math.sqrt(Math.max(0, spearmanBrown(r)))),
  };
}

/** The reliability of twice as many votes. */
export function spearmanBrown(r: number): number {
  return (2 * r) / (1 + r);
}
