/** How far the votes on one example agree, in several measures. */

export const agreementMeasures = {
  majority: "share of the votes for the label that most chose",
  pairs:
    "share of the pairs of votes that are for the same label: an unbiased estimate, however few the votes",
  gold: "share of the votes for the gold label",
  entropy: "entropy of the votes in nats, with its sign turned: 0 where all agree",
} as const;
export type AgreementMeasure = keyof typeof agreementMeasures;
export const measureNames = Object.keys(agreementMeasures) as readonly AgreementMeasure[];

/**
 * Agreement of one example, the larger the more its voters agree; entropy with its sign turned.
 *
 * @param counts votes by label
 * @param from where the example's counts begin
 * @param gold index of its label, -1 where there is none
 * @returns NaN where there is nothing to measure: no votes, fewer than two for pairs, no gold label
 */
export function agreementOf(
  measure: AgreementMeasure,
  counts: ArrayLike<number>,
  from: number,
  labels: number,
  gold: number,
): number {
  let [votes, most, pairs, logs] = [0, 0, 0, 0];
  for (let k = 0; k < labels; k++) {
    const n = counts[from + k]!;
    votes += n;
    most = Math.max(most, n);
    pairs += n * (n - 1);
    if (n > 0) logs += n * Math.log(n);
  }
  if (votes === 0) return NaN;
  switch (measure) {
    case "majority":
      return most / votes;
    case "pairs":
      return votes < 2 ? NaN : pairs / (votes * (votes - 1));
    case "gold":
      return gold < 0 ? NaN : counts[from + gold]! / votes;
    case "entropy":
      // All for one label: no rounding leaves dust.
      return most === votes ? 0 : logs / votes - Math.log(votes);
  }
}
