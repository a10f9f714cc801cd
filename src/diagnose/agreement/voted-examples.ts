/** The examples that agreement is about: those with two votes or more, and what is known of them. */

import { agreementOf, type AgreementMeasure } from "./example-agreement.js";

export interface VotedExamples {
  readonly size: number;
  readonly labels: number;
  /** Row in the run of each. */
  readonly rows: Int32Array;
  /** size x labels. */
  readonly counts: Uint32Array;
  /** Number of votes of each. */
  readonly votes: Int32Array;
  /** Index of its gold label; -1 where there is none. */
  readonly gold: Int32Array;
  /** Number of its group, from 0: an example without one is a group of its own. */
  readonly units: Int32Array;
  readonly unitCount: number;
  readonly agreement: Float64Array;
}

/** Examples with fewer votes, and so left out. */
export interface LeftOut {
  readonly none: number;
  readonly one: number;
}

/** @param groups of each row of the run; null: every example stands alone */
export function votedExamples(
  { counts, labels }: { readonly counts: Uint32Array; readonly labels: number },
  gold: Int32Array,
  groups: readonly (string | null)[] | null,
  measure: AgreementMeasure,
): { readonly examples: VotedExamples; readonly leftOut: LeftOut } {
  const size = gold.length;
  const votes = new Int32Array(size);
  for (let row = 0; row < size; row++)
    for (let k = 0; k < labels; k++) votes[row]! += counts[row * labels + k]!;
  const rows = Int32Array.from(gold.keys()).filter((row) => votes[row]! >= 2);
  const units = new Int32Array(rows.length);
  const known = new Map<string, number>();
  let unitCount = 0;
  rows.forEach((row, i) => {
    const group = groups?.[row] ?? null;
    const found = group === null ? undefined : known.get(group);
    units[i] = found ?? unitCount++;
    if (group !== null && found === undefined) known.set(group, units[i]);
  });
  const own = new Uint32Array(rows.length * labels);
  rows.forEach((row, i) => own.set(counts.subarray(row * labels, (row + 1) * labels), i * labels));
  const golds = rows.map((row) => gold[row]!);
  return {
    examples: {
      size: rows.length,
      labels,
      rows,
      counts: own,
      votes: rows.map((row) => votes[row]!),
      gold: golds,
      units,
      unitCount,
      agreement: Float64Array.from(rows, (_, i) => agreementOf(measure, own, i * labels, labels, golds[i]!)),
    },
    leftOut: {
      none: votes.reduce((sum, n) => sum + (n === 0 ? 1 : 0), 0),
      one: votes.reduce((sum, n) => sum + (n === 1 ? 1 : 0), 0),
    },
  };
}
