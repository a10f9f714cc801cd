/** Votes drawn without replacement: halves of an example's votes, and one vote apart from the others. */

import type { Random } from "../../core/random.js";
import type { VotedExamples } from "./voted-examples.js";

type Votes = Pick<VotedExamples, "size" | "labels" | "counts" | "votes">;

/** Two halves of each example's votes, as counts; of an odd number one vote is left out, and examples with fewer than `least` votes are 0 throughout. */
export function splitHalves(
  { size, labels, counts, votes }: Votes,
  random: Random,
  least: number,
): readonly [Uint32Array, Uint32Array] {
  const halves = [new Uint32Array(size * labels), new Uint32Array(size * labels)] as const;
  const bag = new Int32Array(votes.reduce((max, n) => Math.max(max, n), 0));
  for (let i = 0; i < size; i++) {
    const n = votes[i]!;
    if (n < least) continue;
    for (let k = 0, at = 0; k < labels; k++) for (let v = counts[i * labels + k]!; v > 0; v--) bag[at++] = k;
    const half = Math.floor(n / 2);
    for (let drawn = 0; drawn < 2 * half; drawn++) {
      const other = drawn + random.below(n - drawn);
      const label = bag[other]!;
      bag[other] = bag[drawn]!;
      halves[drawn < half ? 0 : 1][i * labels + label]!++;
    }
  }
  return halves;
}

/** The label of one vote of each example, every vote as likely as another. */
export function drawOne({ size, labels, counts, votes }: Votes, random: Random): Int32Array {
  const drawn = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    let rest = random.below(votes[i]!);
    let k = 0;
    while (rest >= counts[i * labels + k]!) rest -= counts[i * labels + k++]!;
    drawn[i] = k;
  }
  return drawn;
}

/** The counts with one vote fewer for a label of each example; an example that has none for it, or -1, keeps all. */
export function withoutOne({ size, labels, counts }: Omit<Votes, "votes">, label: Int32Array): Uint32Array {
  const rest = counts.slice();
  for (let i = 0; i < size; i++) {
    const at = i * labels + label[i]!;
    if (label[i]! >= 0 && rest[at]! > 0) rest[at]!--;
  }
  return rest;
}
