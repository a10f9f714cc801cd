/** What a training on votes learns: each label's share of an example's votes. */

import { UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";

/**
 * Shares of votes, rows x labels. An example without votes has its gold label.
 *
 * @throws UserError where the dataset has no votes, is of multiple choice, or a vote is for a label that it does not have
 */
export function voteTargets({ name, size, gold, ids, input, labelNames, votes }: Dataset): Float32Array {
  if (votes === null) {
    const remedy = "name their columns with --votes, or leave --targets out";
    throw new UserError({ subject: name, problem: "has no votes to learn", remedy });
  }
  if (input.kind === "choices") {
    const problem = "is of multiple choice, where votes have no common labels";
    throw new UserError({ subject: name, problem, remedy: "leave --targets out" });
  }
  const width = labelNames.length;
  const to = votes.labelNames.map((label) => labelNames.indexOf(label));
  const targets = new Float32Array(size * width);
  for (let row = 0; row < size; row++) {
    const own = votes.counts.subarray(row * to.length, (row + 1) * to.length);
    const total = own.reduce((sum, n) => sum + n, 0);
    if (total === 0) targets[row * width + gold[row]!] = 1;
    own.forEach((n, vote) => {
      if (n === 0) return;
      const label = to[vote]!;
      if (label < 0) {
        throw new UserError({
          subject: `${name}, example ${ids[row]}`,
          problem: "a vote for a label that no example has",
          value: votes.labelNames[vote],
          remedy: `add it to --labels, which are ${labelNames.join(", ")}`,
        });
      }
      targets[row * width + label]! += n / total;
    });
  }
  return targets;
}
