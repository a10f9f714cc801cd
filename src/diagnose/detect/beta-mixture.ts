/**
 * A mixture of two beta distributions of losses (Arazo et al. 2019): clean labels have small losses, wrong ones large, and a beta distribution has
 * the skew that a normal one lacks. EM with weighted moments, as they do.
 */

import { logGamma } from "../../study/statistics/student.js";
import { byScore } from "../measure/ranking.js";

export interface BetaMixture {
  /** Probability that an example is of the component with the larger mean. */
  readonly posterior: Float64Array;
  /** The same order as the posterior's, and where that does not tell examples apart, that of the losses. In [0, 1]. */
  readonly rank: Float64Array;
}

const rounds = 50;
/** Losses beyond these percentiles count as those: a few huge ones would squeeze the rest together. */
const [lowest, highest] = [0.05, 0.95];
const edge = 1e-4;

/** @param losses of every example; NaN where not known, which gives NaN */
export function fitBetaMixture(losses: Float64Array): BetaMixture {
  const known = losses.filter((loss) => !Number.isNaN(loss)).sort();
  const low = known[Math.floor(lowest * (known.length - 1))]!;
  const high = known[Math.ceil(highest * (known.length - 1))]!;
  const scaled = losses.map((loss) =>
    Math.min(1 - edge, Math.max(edge, (loss - low) / Math.max(high - low, 1e-12))),
  );
  const components = [
    { alpha: 1, beta: 2, weight: 0.5 },
    { alpha: 2, beta: 1, weight: 0.5 },
  ];
  let posterior = responsibilities(scaled, components);
  for (let round = 0; round < rounds; round++) {
    components.forEach((component, c) => Object.assign(component, moments(scaled, posterior, c === 1)));
    posterior = responsibilities(scaled, components);
  }
  const mean = ({ alpha, beta }: Component): number => alpha / (alpha + beta);
  if (mean(components[1]!) < mean(components[0]!)) posterior = posterior.map((p) => 1 - p);
  return monotone(losses, posterior);
}

interface Component {
  readonly alpha: number;
  readonly beta: number;
  readonly weight: number;
}

/** Probability of the second component. */
function responsibilities(scaled: Float64Array, components: readonly Component[]): Float64Array {
  const logs = components.map(({ alpha, beta, weight }) => {
    const constant =
      Math.log(Math.max(weight, 1e-12)) + logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta);
    return (x: number) => constant + (alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x);
  });
  return scaled.map((x) => (Number.isNaN(x) ? NaN : 1 / (1 + Math.exp(logs[0]!(x) - logs[1]!(x)))));
}

function moments(scaled: Float64Array, posterior: Float64Array, second: boolean): Component {
  let [total, first, square, count] = [1e-12, 0, 0, 0];
  scaled.forEach((x, row) => {
    const weight = second ? posterior[row]! : 1 - posterior[row]!;
    if (Number.isNaN(weight)) return;
    total += weight;
    first += weight * x;
    square += weight * x * x;
    count++;
  });
  const mean = first / total;
  const variance = Math.max(square / total - mean * mean, 1e-6);
  const size = Math.max((mean * (1 - mean)) / variance - 1, 1e-2);
  return {
    alpha: Math.max(mean * size, 1e-2),
    beta: Math.max((1 - mean) * size, 1e-2),
    weight: total / count,
  };
}

/**
 * A larger loss is never less suspect: far out in either tail the wider component wins, whichever it is. Above the loss of the highest posterior all
 * have that posterior (as in Arazo et al.); below, none has a higher one than a larger loss has.
 */
function monotone(losses: Float64Array, posterior: Float64Array): BetaMixture {
  const order = byScore(losses).filter((row) => !Number.isNaN(losses[row]));
  const turned = posterior.slice();
  // Largest losses first: the posterior rises to its highest and falls from there.
  const mean = meanLoss(losses, posterior);
  const below = order.findIndex((row) => losses[row]! < mean);
  const upper = order.subarray(0, Math.max(1, below));
  const top = upper.reduce(
    (best, row, place) => (posterior[row]! > posterior[upper[best]!]! ? place : best),
    0,
  );
  let least = 1;
  order.forEach((row, place) => {
    least = place < top ? posterior[order[top]!]! : Math.min(least, posterior[row]!);
    turned[row] = least;
    if (place < top) least = 1;
  });
  const rank = new Float64Array(losses.length).fill(NaN);
  order.forEach((row, place) => {
    rank[row] = turned[row]! * 0.999 + (1 - place / losses.length) * 0.001;
  });
  return { posterior: turned, rank };
}

/** Mean loss of the component with the larger ones. */
function meanLoss(losses: Float64Array, posterior: Float64Array): number {
  let [sum, weight] = [0, 1e-12];
  losses.forEach((loss, row) => {
    if (Number.isNaN(loss)) return;
    sum += posterior[row]! * loss;
    weight += posterior[row]!;
  });
  return sum / weight;
}
