/** The complementary error function: tails of the normal distribution, also far out. */

/** 2 / sqrt(pi) times the integral of exp(-t^2) from x, x >= 0; relative error below 1e-12. */
export function erfc(x: number): number {
  if (x < 2.5) {
    // erf(x) = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!! (DLMF 7.6.2)
    let [term, sum] = [x, x];
    for (let n = 1; term > 1e-17 * sum; n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // Its continued fraction (DLMF 7.9.1), from far inside outwards.
  let rest = x;
  for (let k = 100; k >= 1; k--) rest = x + k / 2 / rest;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * rest);
}
