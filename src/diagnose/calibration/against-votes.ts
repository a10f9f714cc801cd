/** How far a model's distributions are from those of people's votes: what Baan et al. 2022 propose where people disagree, and distances. */

import { Random } from "../../core/random.js";
import type { MeasurableForecasts } from "./measures.js";
import type { ScoredForecasts } from "./score-forecasts.js";

/** Votes of some rows. */
export interface VoteShares {
  /** Rows that have votes. */
  readonly rows: Int32Array;
  /** Of all rows x labels: each label's share of the row's votes; zeros where it has none. */
  readonly shares: Float64Array;
  /** Votes of each row. */
  readonly counts: Int32Array;
}

/**
 * Distances of each example, whose means are the measures:
 * `dist-ce` the total variation distance between forecast and votes (Baan et al. 2022, DistCE), `dist-ce-if-right` the same where as many votes are drawn from the forecast
 * itself (what noise alone would give), `squared-distance` the sum of squared differences less the votes' own variance (unbiased; 0 for what has one vote), `kl` and `js`
 * in nats, `entropy-gap` (EntCE) in nats, `same-ranking` (RankCE: 1 where the labels' order is the same; equal shares may stand in either order).
 *
 * @param scored of the rows with votes, in their order
 */
export function voteDistances(
  { size, labels, probabilities }: ScoredForecasts,
  shares: Float64Array,
  counts: Int32Array,
  seed: number,
): MeasurableForecasts["means"] {
  const all = () => new Float64Array(size);
  const [distance, noise, squared, kl, js, entropy, ranking] = [
    all(),
    all(),
    all(),
    all(),
    all(),
    all(),
    all(),
  ];
  const random = new Random(seed);
  const drawn = new Float64Array(labels);
  for (let row = 0; row < size; row++) {
    const p = probabilities.subarray(row * labels, (row + 1) * labels);
    const h = shares.subarray(row * labels, (row + 1) * labels);
    const votes = counts[row]!;
    drawn.fill(0);
    for (let vote = 0; vote < votes; vote++) drawn[draw(p, random)]! += 1 / votes;
    distance[row] = totalVariation(p, h);
    noise[row] = totalVariation(p, drawn);
    let [difference, spread] = [0, 1];
    for (let k = 0; k < labels; k++) {
      difference += (p[k]! - h[k]!) ** 2;
      spread -= h[k]! ** 2;
      kl[row]! += divergence(h[k]!, p[k]!);
      const middle = (p[k]! + h[k]!) / 2;
      js[row]! += (divergence(h[k]!, middle) + divergence(p[k]!, middle)) / 2;
      entropy[row]! += divergence(h[k]!, 1) - divergence(p[k]!, 1);
    }
    squared[row] = votes < 2 ? 0 : difference - spread / (votes - 1);
    ranking[row] = rankedAlike(p, h) ? 1 : 0;
  }
  return {
    "dist-ce": distance,
    "dist-ce-if-right": noise,
    "squared-distance": squared,
    kl,
    js,
    "entropy-gap": entropy,
    "same-ranking": ranking,
  };
}

/** p log(p / q), 0 at p = 0. A forecast that underflows counts as the smallest number. */
function divergence(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / Math.max(q, Number.MIN_VALUE));
}

function totalVariation(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += Math.abs(p[k]! - q[k]!);
  return sum / 2;
}

function draw(p: Float64Array, random: Random): number {
  let rest = random.unit();
  for (let k = 0; k < p.length - 1; k++) if ((rest -= p[k]!) < 0) return k;
  return p.length - 1;
}

function rankedAlike(p: Float64Array, h: Float64Array): boolean {
  for (let a = 0; a < p.length; a++)
    for (let b = a + 1; b < p.length; b++) if ((p[a]! - p[b]!) * (h[a]! - h[b]!) < 0) return false;
  return true;
}
