/**
 * Probabilities that were learned where another share of the examples was positive, corrected for the share here, which is estimated from them: EM (Saerens, Latinne
 * and Decaestecker 2002).
 */

export interface Corrected {
  readonly probabilities: Float64Array;
  /** The estimated share of positives. */
  readonly prior: number;
}

const rounds = 500;
const tolerance = 1e-9;

/**
 * @param probabilities that each example is positive, as learned; NaN where not known, which stays
 * @param learned share of positives where they were learned: .5 on balanced data
 */
export function correctPrior(probabilities: Float64Array, learned: number): Corrected {
  const known = probabilities.filter((p) => !Number.isNaN(p));
  const corrected = (p: number, prior: number): number => {
    const positive = (prior / learned) * p;
    const negative = ((1 - prior) / (1 - learned)) * (1 - p);
    return positive + negative === 0 ? p : positive / (positive + negative);
  };
  let prior = learned;
  for (let round = 0; round < rounds; round++) {
    const next = known.reduce((sum, p) => sum + corrected(p, prior), 0) / Math.max(1, known.length);
    const moved = Math.abs(next - prior);
    prior = Math.min(1 - 1e-12, Math.max(1e-12, next));
    if (moved < tolerance) break;
  }
  return { probabilities: probabilities.map((p) => (Number.isNaN(p) ? NaN : corrected(p, prior))), prior };
}
