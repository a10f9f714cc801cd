/** Natural cubic splines: cubic between knots, a straight line beyond the outer ones (Hastie, Tibshirani and Friedman 2009, section 5.2.1). */

export interface SplineBasis {
  readonly knots: readonly number[];
  /** One column for each knot but one; the constant is not among them. */
  columns(x: number): number[];
}

/** Where five knots lie (Harrell 2015, table 2.3). */
const shares = [0.05, 0.275, 0.5, 0.725, 0.95];

/** Knots at quantiles of the values; where fewer than three differ, the basis is a straight line, and of a constant nothing. */
export function naturalSpline(values: Float64Array): SplineBasis {
  const sorted = values.slice().sort();
  const knots = [...new Set(shares.map((share) => quantile(sorted, share)))];
  if (knots.length < 3) {
    const constant = sorted.length === 0 || sorted[0] === sorted.at(-1);
    return { knots: [], columns: (x) => (constant ? [] : [x]) };
  }
  const [last, before] = [knots.at(-1)!, knots.at(-2)!];
  const beyond = (x: number, knot: number): number => (x > knot ? (x - knot) * (x - knot) * (x - knot) : 0);
  const part = (x: number, knot: number): number => (beyond(x, knot) - beyond(x, last)) / (last - knot);
  return {
    knots,
    columns: (x) => [x, ...knots.slice(0, -2).map((knot) => part(x, knot) - part(x, before))],
  };
}

/** One of the values: between two of a few that repeat there is nothing to bend at. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
