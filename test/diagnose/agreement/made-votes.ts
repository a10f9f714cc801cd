/** Votes made up, as the measures take them. */

import { votedExamples, type VotedExamples } from "../../../src/diagnose/agreement/voted-examples.js";
import type { AgreementMeasure } from "../../../src/diagnose/agreement/example-agreement.js";
import type { Random } from "../../../src/core/random.js";

/** @param gold default: what most chose, of equals the first */
export function examplesOf(
  counts: readonly (readonly number[])[],
  {
    gold = counts.map((row) => row.indexOf(Math.max(...row))),
    groups = null,
    measure = "majority",
  }: {
    readonly gold?: readonly number[];
    readonly groups?: readonly (string | null)[] | null;
    readonly measure?: AgreementMeasure;
  } = {},
): VotedExamples {
  const labels = counts[0]?.length ?? 0;
  const flat = Uint32Array.from(counts.flat());
  return votedExamples({ counts: flat, labels }, Int32Array.from(gold), groups, measure).examples;
}

/** So many votes by shares of labels. */
export function drawVotes(shares: readonly number[], votes: number, random: Random): number[] {
  const counts = shares.map(() => 0);
  for (let v = 0; v < votes; v++) {
    let rest = random.unit();
    let k = 0;
    while (k < shares.length - 1 && rest >= shares[k]!) rest -= shares[k++]!;
    counts[k]!++;
  }
  return counts;
}
