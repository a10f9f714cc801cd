/**
 * The confident joint (Northcutt, Jiang and Chuang 2021, section 3): how many examples of each given label are confidently of each label, by
 * probabilities of models that did not train on them. An example is confidently of a label where its probability of it reaches that label's mean
 * probability among the examples given it. Computed as cleanlab 2.9 computes it, to the last count.
 */

/** Probabilities, size x labels, row-major. */
export interface HeldOutProbabilities {
  readonly labels: number;
  readonly values: Float32Array | Float64Array;
}

export interface ConfidentJoint {
  readonly labels: number;
  /** Mean probability of each label among the examples given it; 2 where there are none. */
  readonly thresholds: Float64Array;
  /** given x confident, row-major: counts, scaled so that rows sum to how many examples each label has. */
  readonly counts: Int32Array;
  /** 1 where an example is confidently of another label than the one given. */
  readonly offDiagonal: Uint8Array;
}

/** Slack in the comparison with a threshold: a mean of equal values may come out above them. */
const slack = 1e-6;
const lowestThreshold = 2e-6;
const noThreshold = 2;

export function confidentJoint(probabilities: HeldOutProbabilities, given: Int32Array): ConfidentJoint {
  const { labels, values } = probabilities;
  const sizes = new Float64Array(labels);
  const thresholds = new Float64Array(labels);
  for (let row = 0; row < given.length; row++) {
    const label = given[row]!;
    sizes[label]!++;
    thresholds[label]! += values[row * labels + label]!;
  }
  for (let k = 0; k < labels; k++)
    thresholds[k] = sizes[k] === 0 ? noThreshold : Math.max(lowestThreshold, thresholds[k]! / sizes[k]!);
  const bars = thresholds.map((threshold) => threshold - slack);
  const raw = new Float64Array(labels * labels);
  const offDiagonal = new Uint8Array(given.length);
  for (let row = 0; row < given.length; row++) {
    const guess = confidentLabel(values, row * labels, labels, bars);
    if (guess < 0) continue;
    raw[given[row]! * labels + guess]!++;
    if (guess !== given[row]) offDiagonal[row] = 1;
  }
  for (let k = 0; k < labels; k++) raw[k * labels + k] = Math.max(1, raw[k * labels + k]!);
  return { labels, thresholds, counts: calibrate(raw, sizes, given.length), offDiagonal };
}

/** The label whose bar is reached; of several the most probable of all labels; -1 where none is. */
function confidentLabel(
  values: Float32Array | Float64Array,
  at: number,
  labels: number,
  bars: Float64Array,
): number {
  let reached = 0;
  let last = -1;
  // Without a way out in the middle the loop takes half the time.
  for (let k = 0; k < labels; k++) {
    if (values[at + k]! >= bars[k]!) {
      reached++;
      last = k;
    }
  }
  return reached > 1 ? mostProbable(values, at, labels) : last;
}

function mostProbable(values: Float32Array | Float64Array, at: number, labels: number): number {
  let best = 0;
  for (let k = 1; k < labels; k++) if (values[at + k]! > values[at + best]!) best = k;
  return best;
}

/** Rows to the labels' own counts, then to whole numbers of the same sums. */
function calibrate(raw: Float64Array, sizes: Float64Array, size: number): Int32Array {
  const labels = sizes.length;
  const scaled = raw.slice();
  for (let k = 0; k < labels; k++) {
    const row = scaled.subarray(k * labels, (k + 1) * labels);
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((count, j) => (row[j] = (count / Math.max(sum, 1e-100)) * sizes[k]!));
  }
  const total = Math.max(
    scaled.reduce((a, b) => a + b, 0),
    1e-100,
  );
  return roundRows(
    scaled.map((count) => (count / total) * size),
    labels,
  );
}

/**
 * Rounds each row so that it keeps its sum: to the nearest whole numbers, then as many as are missing go up (or down) where rounding had
 * taken (or given) most.
 */
export function roundRows(matrix: Float64Array, width: number): Int32Array {
  const rounded = new Int32Array(matrix.length);
  for (let from = 0; from < matrix.length; from += width) {
    const row = matrix.subarray(from, from + width);
    const whole = row.map(halfToEven);
    const sum = halfToEven(row.reduce((a, b) => a + b, 0));
    for (;;) {
      const missing = sum - whole.reduce((a, b) => a + b, 0);
      if (missing === 0) break;
      const step = missing < 0 ? -1 : 1;
      const order = [...row.keys()].sort((a, b) => row[a]! - whole[a]! - (row[b]! - whole[b]!));
      if (step > 0) order.reverse();
      for (const k of order.slice(0, Math.min(Math.abs(missing), width))) whole[k]! += step;
    }
    rounded.set(whole, from);
  }
  return rounded;
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
