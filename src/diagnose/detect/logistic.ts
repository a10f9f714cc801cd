/** Logistic regression on a few numbers, by Newton's method. */

export interface LogisticModel {
  /** One a feature. */
  readonly weights: readonly number[];
  readonly intercept: number;
  /** The log of the odds that a point is of class 1. */
  logit(point: readonly number[]): number;
}

const iterations = 100;
const tolerance = 1e-10;

/**
 * Minimises the sum of the losses plus half the squared weights over `strength` (scikit-learn's C; the intercept is free).
 *
 * @param points one a row, all of the same length
 * @param classes 0 or 1 each, both have to be there; or a share of 1 between
 */
export function fitLogistic(
  points: readonly (readonly number[])[],
  classes: ArrayLike<number>,
  strength = 1,
): LogisticModel {
  const width = (points[0]?.length ?? 0) + 1;
  const beta = new Float64Array(width);
  const value = (point: readonly number[]): number => {
    let sum = beta[width - 1]!;
    for (let j = 0; j < width - 1; j++) sum += beta[j]! * point[j]!;
    return sum;
  };
  const loss = (): number => {
    let sum = 0;
    points.forEach((point, i) => {
      const z = value(point);
      // log(1 + e^z) - y z, without overflow.
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - classes[i]! * z;
    });
    for (let j = 0; j < width - 1; j++) sum += (beta[j]! * beta[j]!) / (2 * strength);
    return sum;
  };
  let before = loss();
  for (let round = 0; round < iterations; round++) {
    const gradient = new Float64Array(width);
    const hessian = Array.from({ length: width }, () => new Float64Array(width));
    points.forEach((point, i) => {
      const p = 1 / (1 + Math.exp(-value(point)));
      const weight = p * (1 - p);
      for (let j = 0; j < width; j++) {
        const x = j === width - 1 ? 1 : point[j]!;
        gradient[j]! += (p - classes[i]!) * x;
        for (let k = 0; k <= j; k++) hessian[j]![k]! += weight * x * (k === width - 1 ? 1 : point[k]!);
      }
    });
    for (let j = 0; j < width; j++) {
      if (j < width - 1) gradient[j]! += beta[j]! / strength;
      hessian[j]![j]! += j < width - 1 ? 1 / strength : 1e-9;
      for (let k = 0; k < j; k++) hessian[k]![j] = hessian[j]![k]!;
    }
    const step = solve(hessian, gradient);
    // Halved until it helps: far from the minimum a whole step may overshoot.
    let scale = 1;
    const from = beta.slice();
    let after = Infinity;
    for (let half = 0; half < 40; half++, scale /= 2) {
      for (let j = 0; j < width; j++) beta[j] = from[j]! - scale * step[j]!;
      after = loss();
      if (after <= before) break;
    }
    const gained = before - after;
    before = after;
    if (gained < tolerance * Math.max(1, Math.abs(after))) break;
  }
  return { weights: [...beta.subarray(0, width - 1)], intercept: beta[width - 1]!, logit: value };
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  const a = matrix.map((row, i) => Float64Array.from([...row, right[i]!]));
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(a[i]![j]!) > Math.abs(a[pivot]![j]!)) pivot = i;
    [a[j], a[pivot]] = [a[pivot]!, a[j]!];
    for (let i = j + 1; i < n; i++) {
      const factor = a[i]![j]! / a[j]![j]!;
      for (let k = j; k <= n; k++) a[i]![k]! -= factor * a[j]![k]!;
    }
  }
  const x = new Float64Array(n);
  for (let j = n - 1; j >= 0; j--) {
    let sum = a[j]![n]!;
    for (let k = j + 1; k < n; k++) sum -= a[j]![k]! * x[k]!;
    x[j] = sum / a[j]![j]!;
  }
  return x;
}
