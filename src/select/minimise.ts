/** Minimises a smooth convex function by L-BFGS (Liu and Nocedal 1989): steps along an estimate of Newton's direction from the last few gradients. */

const remembered = 8;
const mostIterations = 100;
const mostHalvings = 30;

/**
 * @param start where to begin; becomes the minimum
 * @param evaluate writes the gradient at a point and gives the value there
 * @param tolerance ends where no part of the gradient is larger
 * @returns how often the function was evaluated
 */
export function minimise(
  start: Float64Array,
  evaluate: (point: Float64Array, gradient: Float64Array) => number,
  tolerance: number,
): number {
  const n = start.length;
  let gradient = new Float64Array(n);
  let nextGradient = new Float64Array(n);
  const next = new Float64Array(n);
  const pairs: { readonly step: Float64Array; readonly change: Float64Array; readonly product: number }[] =
    [];
  let value = evaluate(start, gradient);
  let evaluations = 1;
  for (let iteration = 0; iteration < mostIterations && largest(gradient) > tolerance; iteration++) {
    const direction = newtonDirection(gradient, pairs);
    const slope = dot(direction, gradient);
    // The first step has nothing to tell its length from.
    let length = pairs.length === 0 ? 1 / Math.max(1e-12, Math.sqrt(-slope)) : 1;
    let nextValue = Infinity;
    for (let halving = 0; halving <= mostHalvings; halving++, length /= 2) {
      for (let i = 0; i < n; i++) next[i] = start[i]! + length * direction[i]!;
      nextValue = evaluate(next, nextGradient);
      evaluations++;
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    // No lower value along the way down: rounding is all that is left.
    if (!(nextValue < value)) break;
    const step = new Float64Array(n);
    const change = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      step[i] = next[i]! - start[i]!;
      change[i] = nextGradient[i]! - gradient[i]!;
    }
    const product = dot(step, change);
    if (product > 1e-12 * dot(change, change)) {
      pairs.push({ step, change, product });
      if (pairs.length > remembered) pairs.shift();
    }
    start.set(next);
    value = nextValue;
    [gradient, nextGradient] = [nextGradient, gradient];
  }
  return evaluations;
}

/** The two-loop recursion. */
function newtonDirection(
  gradient: Float64Array,
  pairs: readonly { readonly step: Float64Array; readonly change: Float64Array; readonly product: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, product } = pairs[p]!;
    weights[p] = dot(step, direction) / product;
    addScaled(direction, change, -weights[p]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.product / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  pairs.forEach(({ step, change, product }, p) => {
    addScaled(direction, step, weights[p]! - dot(change, direction) / product);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
