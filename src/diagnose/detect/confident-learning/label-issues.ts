/**
 * Which labels confident learning takes for wrong, by each of its filters, as cleanlab 2.9's `find_label_issues` does: the same examples. Where a
 * cut falls among equal margins the lower row is taken (there the order among equals is not defined).
 */

import {
  confidentJoint,
  roundRows,
  type ConfidentJoint,
  type HeldOutProbabilities,
} from "./confident-joint.js";

export const issueFilters = [
  "prune-by-noise-rate",
  "prune-by-class",
  "both",
  "confident-learning",
  "predicted-not-given",
] as const;
export type IssueFilter = (typeof issueFilters)[number];

/** So many rows are kept in their order while looking for more; of more all are sorted. */
const mostHeld = 128;

/** Below this advantage another label is no better than the one given. */
const closeness = 1e-6;

/**
 * 1 where the label is taken for wrong.
 *
 * `prune-by-noise-rate`: of the examples given i, as many as the joint counts as truly j, those with the largest p(j) - p(i). `prune-by-class`: of
 * each label as many as the joint counts off its diagonal, those of the lowest p(i). `both`: in both. `confident-learning`: counted off
 * the diagonal. `predicted-not-given`: another label is the most probable. In all, the most probable label has to be another one.
 */
export function labelIssues(
  probabilities: HeldOutProbabilities,
  given: Int32Array,
  filter: IssueFilter = "prune-by-noise-rate",
): Uint8Array {
  const issues = candidates(probabilities, given, filter);
  const { labels, values } = probabilities;
  for (let row = 0; row < given.length; row++) {
    if (issues[row] === 0) continue;
    const own = values[row * labels + given[row]!]! + closeness;
    let better = false;
    for (let k = 0; k < labels && !better; k++) {
      const other = values[row * labels + k]!;
      // Of equal labels the first is the most probable.
      better = k !== given[row] && (other > own || (other === own && k < given[row]!));
    }
    if (!better) issues[row] = 0;
  }
  return issues;
}

function candidates(probabilities: HeldOutProbabilities, given: Int32Array, filter: IssueFilter): Uint8Array {
  if (filter === "predicted-not-given") return new Uint8Array(given.length).fill(1);
  const joint = confidentJoint(probabilities, given);
  if (filter === "confident-learning") return joint.offDiagonal.slice();
  const prune = pruneCounts(joint);
  const byLabel = rowsByLabel(given, joint.labels);
  const issues = new Uint8Array(given.length);
  if (filter !== "prune-by-class") markByNoiseRate(issues, probabilities, given, byLabel, prune);
  if (filter === "prune-by-noise-rate") return issues;
  const byClass = new Uint8Array(given.length);
  markByClass(byClass, probabilities, byLabel, prune);
  return filter === "both" ? issues.map((issue, row) => issue & byClass[row]!) : byClass;
}

/** true x given: how many examples go; at least one of each label stays. */
function pruneCounts({ counts, labels }: ConfidentJoint): Int32Array {
  const matrix = new Float64Array(labels * labels);
  for (let given = 0; given < labels; given++) {
    const row = counts.subarray(given * labels, (given + 1) * labels);
    const stays = Math.max(row[given]!, 1);
    const nonZero = row.reduce((n, count) => n + (count === 0 ? 0 : 1), 0);
    const less = (stays - row[given]!) / Math.max(nonZero - 1, 1);
    for (let k = 0; k < labels; k++)
      matrix[k * labels + given] = k === given ? stays : Math.trunc(Math.max(0, row[k]! - less));
  }
  return roundRows(matrix, labels);
}

function rowsByLabel(given: Int32Array, labels: number): Int32Array[] {
  const sizes = new Int32Array(labels);
  for (const label of given) sizes[label]!++;
  const rows = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  given.forEach((label, row) => (rows[label]![sizes[label]!++] = row));
  return rows;
}

/** @param prune true x given */
function markByNoiseRate(
  issues: Uint8Array,
  probabilities: HeldOutProbabilities,
  given: Int32Array,
  byLabel: readonly Int32Array[],
  prune: Int32Array,
): void {
  const { labels, values } = probabilities;
  // Of the labels given, how many go that are truly each other one.
  const counts = new Int32Array(labels * labels);
  byLabel.forEach((rows, label) => {
    for (let k = 0; k < labels && rows.length > 1; k++)
      if (k !== label) counts[label * labels + k] = prune[k * labels + label]!;
  });
  markFew(issues, probabilities, given, counts);
  byLabel.forEach((rows, label) => {
    const margins = new Float64Array(rows.length);
    for (let k = 0; k < labels; k++) {
      const count = counts[label * labels + k]!;
      if (count <= mostHeld) continue;
      for (let i = 0; i < rows.length; i++) {
        const at = rows[i]! * labels;
        margins[i] = values[at + k]! - values[at + label]!;
      }
      for (const i of largest(margins, count)) issues[rows[i]!] = 1;
    }
  });
}

/**
 * Marks for every two labels the rows of the largest p(other) - p(given), of equal ones the first, where they are few: all in one pass
 * through the probabilities as they lie in memory.
 *
 * @param counts given x other: how many
 */
function markFew(
  issues: Uint8Array,
  { labels, values }: HeldOutProbabilities,
  given: Int32Array,
  counts: Int32Array,
): void {
  // The margin that a row has to exceed: of labels of which none go, or many, none does.
  const bars = Float64Array.from(counts, (count) => (count > 0 && count <= mostHeld ? -Infinity : Infinity));
  const margins = Array.from(counts, () => [] as number[]);
  const rows = Array.from(counts, () => [] as number[]);
  for (let row = 0; row < given.length; row++) {
    const at = row * labels;
    const pairs = given[row]! * labels;
    const own = values[at + given[row]!]!;
    for (let k = 0; k < labels; k++) {
      const margin = values[at + k]! - own;
      if (margin > bars[pairs + k]!) {
        bars[pairs + k] = hold(margins[pairs + k]!, rows[pairs + k]!, margin, row, counts[pairs + k]!);
      }
    }
  }
  for (const held of rows) for (const row of held) issues[row] = 1;
}

/** Puts a row among those of the largest margins, at most `count`. @returns the margin that the next one has to exceed */
function hold(margins: number[], rows: number[], margin: number, row: number, count: number): number {
  let place = margins.length;
  while (place > 0 && margins[place - 1]! < margin) place--;
  margins.splice(place, 0, margin);
  rows.splice(place, 0, row);
  if (margins.length > count) {
    margins.pop();
    rows.pop();
  }
  return margins.length === count ? margins[count - 1]! : -Infinity;
}

function markByClass(
  issues: Uint8Array,
  { labels, values }: HeldOutProbabilities,
  byLabel: readonly Int32Array[],
  prune: Int32Array,
): void {
  byLabel.forEach((rows, given) => {
    const count = rows.length - prune[given * labels + given]!;
    if (rows.length <= 1 || count < 1) return;
    const lack = Float64Array.from(rows, (row) => -values[row * labels + given]!);
    for (const i of largest(lack, count)) issues[rows[i]!] = 1;
  });
}

/** Places of the largest values, of equal ones the first. */
function largest(values: Float64Array, count: number): readonly number[] {
  if (count >= values.length) return [...values.keys()];
  const sorted = values.slice().sort();
  const bar = sorted[values.length - count]!;
  const above: number[] = [];
  const equal: number[] = [];
  values.forEach((value, i) => {
    if (value > bar) above.push(i);
    else if (value === bar) equal.push(i);
  });
  return [...above, ...equal.slice(0, count - above.length)];
}

/** The probability of the label given: cleanlab's `self_confidence`. */
export function selfConfidence({ labels, values }: HeldOutProbabilities, given: Int32Array): Float64Array {
  return Float64Array.from(given, (label, row) => values[row * labels + label]!);
}

/** (p(given) - largest other + 1) / 2: cleanlab's `normalized_margin`. */
export function normalisedMargin({ labels, values }: HeldOutProbabilities, given: Int32Array): Float64Array {
  return Float64Array.from(given, (label, row) => {
    let other = -Infinity;
    for (let k = 0; k < labels; k++) if (k !== label) other = Math.max(other, values[row * labels + k]!);
    return (values[row * labels + label]! - other + 1) / 2;
  });
}
