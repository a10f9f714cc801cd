/** Each annotator against the others: what part of the other votes on the same examples are theirs too. */

import type { Ballots } from "./vote-table.js";

export interface AnnotatorAgreement {
  readonly name: string;
  /** Their votes on examples that someone else voted on too. */
  readonly votes: number;
  /** Mean share of the other votes on the example that are for the same label. */
  readonly agreement: number;
  /** How often theirs is the label that most of the others chose; a tie of several counts as its share of them. */
  readonly withMajority: number;
  /** Mean share of the others' votes that go with the majority of those others themselves: what the former two can be held against. */
  readonly othersAmong: number;
}

/**
 * Leave-one-out: an annotator's own vote is not among those that it is compared with (should they have voted twice, all of theirs).
 *
 * @returns most votes first; those who never met another are left out
 */
export function annotatorAgreement(ballots: Ballots, labels: number): AnnotatorAgreement[] {
  const byRow = new Map<number, number[]>();
  ballots.row.forEach((row, i) => {
    const held = byRow.get(row);
    if (held === undefined) byRow.set(row, [i]);
    else held.push(i);
  });
  const sums = ballots.annotators.map(() => ({ votes: 0, same: 0, majority: 0, among: 0 }));
  const others = new Int32Array(labels);
  for (const own of byRow.values()) {
    for (const i of own) {
      others.fill(0);
      let count = 0;
      for (const j of own) {
        if (ballots.annotator[j] === ballots.annotator[i]) continue;
        others[ballots.label[j]!]!++;
        count++;
      }
      if (count === 0) continue;
      const label = ballots.label[i]!;
      const most = others.reduce((max, n) => Math.max(max, n), 0);
      const tied = others.reduce((all, n) => all + (n === most ? 1 : 0), 0);
      const sum = sums[ballots.annotator[i]!]!;
      sum.votes++;
      sum.same += others[label]! / count;
      sum.majority += others[label] === most ? 1 / tied : 0;
      sum.among += most / count;
    }
  }
  return sums
    .flatMap(({ votes, same, majority, among }, at) =>
      votes === 0
        ? []
        : [
            {
              name: ballots.annotators[at]!,
              votes,
              agreement: same / votes,
              withMajority: majority / votes,
              othersAmong: among / votes,
            },
          ],
    )
    .sort((a, b) => b.votes - a.votes || (a.name < b.name ? -1 : 1));
}
