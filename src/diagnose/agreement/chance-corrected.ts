/**
 * Agreement beyond chance over a whole set, for nominal labels and any number of votes from two up: Krippendorff's alpha (Krippendorff 2011, "Computing
 * Krippendorff's alpha-reliability") and Fleiss' kappa (Fleiss 1971).
 *
 * Where numbers of votes differ, kappa is its usual generalisation (Gwet 2014, chapter 2): every example counts alike, in the agreement of its own pairs and,
 * by its shares of labels, in what chance gives. With equal numbers that is Fleiss' own formula.
 */

import type { Statistic } from "./group-bootstrap.js";
import type { VotedExamples } from "./voted-examples.js";

type Votes = Pick<VotedExamples, "size" | "labels" | "counts" | "votes">;

/** NaN where all votes are for one label: then there is no chance to disagree, and alpha is not defined. */
export function krippendorffAlpha({ size, labels, counts, votes }: Votes): Statistic {
  const agreeing = pairSums({ size, labels, counts, votes }).map((pairs, i) => pairs / (votes[i]! - 1));
  return (weights) => {
    const totals = new Float64Array(labels);
    let [observed, all] = [0, 0];
    for (let i = 0; i < size; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      observed += weight * agreeing[i]!;
      all += weight * votes[i]!;
      for (let k = 0; k < labels; k++) totals[k]! += weight * counts[i * labels + k]!;
    }
    let expected = all * all;
    for (const total of totals) expected -= total * total;
    return expected === 0 ? NaN : 1 - ((all - 1) * (all - observed)) / expected;
  };
}

/** NaN where all votes are for one label. */
export function fleissKappa({ size, labels, counts, votes }: Votes): Statistic {
  const own = pairSums({ size, labels, counts, votes }).map(
    (pairs, i) => pairs / (votes[i]! * (votes[i]! - 1)),
  );
  return (weights) => {
    const shares = new Float64Array(labels);
    let [observed, all] = [0, 0];
    for (let i = 0; i < size; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      observed += weight * own[i]!;
      all += weight;
      for (let k = 0; k < labels; k++) shares[k]! += (weight * counts[i * labels + k]!) / votes[i]!;
    }
    let chance = 0;
    for (const share of shares) chance += (share / all) ** 2;
    // One label only, whatever rounding its shares left.
    if (shares.reduce((used, share) => used + (share > 0 ? 1 : 0), 0) < 2) return NaN;
    return (observed / all - chance) / (1 - chance);
  };
}

/** Ordered pairs of votes for the same label, of each example. */
function pairSums({ size, labels, counts }: Votes): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    let pairs = 0;
    for (let k = 0; k < labels; k++) {
      const n = counts[i * labels + k]!;
      pairs += n * (n - 1);
    }
    return pairs;
  });
}
