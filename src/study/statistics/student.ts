/**
 * Student's t distribution, by the incomplete beta function: what small numbers of replicates need and nothing more.
 * Held to tabulated values at 1e-9 in the tests.
 */

/** log of the gamma function, x > 0 (Lanczos 1964, g = 7, nine terms). */
export function logGamma(x: number): number {
  let sum = lanczos[0]!;
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The regularised incomplete beta function I_x(a, b), a and b > 0 (DLMF 8.17.22, its continued fraction by Lentz's method). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side; the other is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front =
    Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** P(T <= t) with `df` degrees of freedom, df > 0. */
export function studentCdf(t: number, df: number): number {
  if (t * t < df) return 0.5 + (Math.sign(t) / 2) * middle(t, df);
  const tail = 0.5 * studentTwoSided(t, df);
  return t > 0 ? 1 - tail : tail;
}

/** P(|T| >= |t|). */
export function studentTwoSided(t: number, df: number): number {
  return t * t < df ? 1 - middle(t, df) : incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** P(|T| < |t|) for a small t, whose square would be lost beside df. */
function middle(t: number, df: number): number {
  return incompleteBeta((t * t) / (df + t * t), 0.5, df / 2);
}

/** The t with P(T <= t) = p, 0 < p < 1. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  const tails = 2 * (1 - p);
  let high = 1;
  while (studentTwoSided(high, df) > tails) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, df) > tails) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
