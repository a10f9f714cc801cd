/**
 * How far the model's distribution over labels is from the annotators', as ChaosNLI measures it (Nie, Zhou and Bansal 2020, section 4): the Jensen-Shannon distance
 * (the root of the divergence in nats, as SciPy has it) and the divergence of Kullback and Leibler, human from model, in nats.
 */

import { Random } from "../../core/random.js";
import { estimate, once, resampled, type Estimate, type Statistic } from "./group-bootstrap.js";
import type { LabelMoments } from "./label-moments.js";
import { splitHalves } from "./vote-draws.js";
import type { VotedExamples } from "./voted-examples.js";

export interface DistanceRow {
  readonly name: string;
  readonly jensenShannon: Estimate;
  readonly kullbackLeibler: Estimate;
}

export interface Distances {
  readonly size: number;
  /** Every distribution q is (1 - smoothing) q + smoothing / labels before KL, which would be infinite where q is 0. */
  readonly smoothing: number;
  /** The model and what it is held against, and one half of the votes against the other: what people leave. */
  readonly rows: readonly DistanceRow[];
}

export const defaultSmoothing = 0.001;

/** In [0, sqrt(log 2)]. @param p and `q` sum to 1 */
export function jensenShannonDistance(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) {
    const [a, b] = [p[k]!, q[k]!];
    const mid = (a + b) / 2;
    if (a > 0) sum += a * Math.log(a / mid);
    if (b > 0) sum += b * Math.log(b / mid);
  }
  return Math.sqrt(Math.max(0, sum / 2));
}

/** Of p from q, nats; `smoothing` of q's mass is spread evenly. Infinite where q lacks, unsmoothed, what p has. */
export function kullbackLeibler(p: ArrayLike<number>, q: ArrayLike<number>, smoothing = 0): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++)
    if (p[k]! > 0) sum += p[k]! * Math.log(p[k]! / ((1 - smoothing) * q[k]! + smoothing / p.length));
  return Math.max(0, sum);
}

/**
 * @param prior share of each label among the run's gold labels; null where they are not known
 * @param splits of the votes into halves that the last row averages over
 */
export function distances(
  examples: VotedExamples,
  moments: LabelMoments | null,
  prior: Float64Array | null,
  options: {
    readonly smoothing: number;
    readonly splits: number;
    readonly resamples: number;
    readonly seed: number;
  },
): Distances {
  const { size, labels, counts, votes, gold } = examples;
  const { smoothing, splits, resamples, seed } = options;
  const human = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: labels }, (__, k) => counts[i * labels + k]! / votes[i]!),
  );
  const uniform = new Float64Array(labels).fill(1 / labels);
  const oneHot = (label: number): Float64Array =>
    Float64Array.from({ length: labels }, (_, k) => (k === label ? 1 : 0));
  const against: [string, (i: number) => Float64Array][] = [
    ["uniform", () => uniform],
    ...(prior === null ? [] : [["shares of the gold labels", () => prior] as [string, () => Float64Array]]),
    ...(gold.some((label) => label < 0)
      ? []
      : [["gold label alone", (i) => oneHot(gold[i]!)] as [string, (i: number) => Float64Array]]),
  ];
  if (moments !== null)
    against.unshift(["model", (i) => moments.mean.subarray(i * labels, (i + 1) * labels)]);
  const row = (name: string, js: Float64Array, kl: Float64Array): DistanceRow => {
    const means = [js, kl].map((values) => weightedMean(values));
    const drawn = resampled(examples, means, { resamples, seed });
    const [jensenShannon, own] = means.map((mean, at) => estimate(mean(once(size)), drawn[at]!)!);
    return { name, jensenShannon: jensenShannon!, kullbackLeibler: own! };
  };
  const rows = against.map(([name, of]) => {
    const pairs = human.map((p, i) => [p, of(i)] as const);
    return row(
      name,
      Float64Array.from(pairs, ([p, q]) => jensenShannonDistance(p, q)),
      Float64Array.from(pairs, ([p, q]) => kullbackLeibler(p, q, smoothing)),
    );
  });
  const [js, kl] = betweenHalves(examples, smoothing, splits, seed);
  return { size, smoothing, rows: [...rows, row("the other half of the votes", js, kl)] };
}

function betweenHalves(
  examples: VotedExamples,
  smoothing: number,
  splits: number,
  seed: number,
): readonly [Float64Array, Float64Array] {
  const { size, labels, votes } = examples;
  const [js, kl] = [new Float64Array(size), new Float64Array(size)];
  const random = new Random(seed);
  for (let split = 0; split < splits; split++) {
    const halves = splitHalves(examples, random, 2);
    for (let i = 0; i < size; i++) {
      const half = Math.floor(votes[i]! / 2);
      const [p, q] = halves.map((own) =>
        Float64Array.from(own.subarray(i * labels, (i + 1) * labels), (n) => n / half),
      );
      js[i]! += jensenShannonDistance(p!, q!) / splits;
      kl[i]! += kullbackLeibler(p!, q!, smoothing) / splits;
    }
  }
  return [js, kl];
}

function weightedMean(values: Float64Array): Statistic {
  return (weights) => {
    let [sum, all] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      sum += weights[i]! * values[i]!;
      all += weights[i]!;
    }
    return sum / all;
  };
}
