/** The arms of a calibration study as plain data: what each trains on. Inputs, examples and steps are the same for all arms of one kind; only labels, or which examples, change. */

import { hashId, Random } from "../../core/random.js";
import type { Dataset, Votes } from "../../dataset/dataset.js";
import { selectRows } from "../../dataset/select-rows.js";

/** `labels`: the same examples with other labels. `subsets`: as many examples, chosen by how far people agree, with majority labels. */
export const calibrationArms = {
  majority: { kind: "labels", says: "the label that most votes are for" },
  sampled: { kind: "labels", says: "one vote, drawn" },
  soft: { kind: "labels", says: "the share of votes for each label" },
  sharpened: { kind: "labels", says: "the squared shares, normalised" },
  high: { kind: "subsets", says: "the third that people agree on most" },
  random: { kind: "subsets", says: "a random third" },
  low: { kind: "subsets", says: "the third that people agree on least" },
} as const;

export type CalibrationArm = keyof typeof calibrationArms;
export const armNames = Object.keys(calibrationArms) as CalibrationArm[];

/** Share of the training examples that a subset takes. */
const third = 1 / 3;

/** The label with most votes; of equal ones one by a seeded hash of the id, the same in every arm. */
export function majority({ counts, labelNames }: Votes, ids: readonly string[], seed: number): Int32Array {
  const width = labelNames.length;
  return Int32Array.from(ids, (id, row) => {
    const own = counts.subarray(row * width, (row + 1) * width);
    const most = own.reduce((max, n) => Math.max(max, n), 0);
    const best = [...own.keys()].filter((label) => own[label] === most);
    return best[hashId(id, seed) % best.length]!;
  });
}

/** Share of each row's votes that its commonest label has. */
export function agreement({ counts, labelNames }: Votes): Float64Array {
  const width = labelNames.length;
  return Float64Array.from({ length: counts.length / width }, (_, row) => {
    const own = counts.subarray(row * width, (row + 1) * width);
    return own.reduce((max, n) => Math.max(max, n), 0) / own.reduce((sum, n) => sum + n, 0);
  });
}

/**
 * What an arm trains on: the examples, with the arm's labels as votes.
 *
 * @param dataset the training part; every row has votes, over the dataset's own labels
 */
export function armData(
  dataset: Dataset & { readonly votes: Votes },
  arm: CalibrationArm,
  seed: number,
): Dataset {
  const { votes, ids, size } = dataset;
  const width = votes.labelNames.length;
  const gold = majority(votes, ids, seed);
  const rows =
    calibrationArms[arm].kind === "labels"
      ? null
      : chosen(arm, ids, agreement(votes), Math.floor(size * third), seed);
  const counts = new Uint32Array(size * width);
  const random = new Random(seed ^ 0x50f7);
  for (let row = 0; row < size; row++) {
    const own = votes.counts.subarray(row * width, (row + 1) * width);
    const total = own.reduce((sum, n) => sum + n, 0);
    switch (arm) {
      case "soft":
        counts.set(own, row * width);
        break;
      case "sharpened":
        for (let k = 0; k < width; k++) counts[row * width + k] = own[k]! ** 2;
        break;
      case "sampled": {
        let rest = random.below(total);
        const label = own.findIndex((n) => (rest -= n) < 0);
        counts[row * width + label] = 1;
        break;
      }
      default:
        counts[row * width + gold[row]!] = 1;
    }
  }
  const whole = { ...plain(dataset), gold, votes: { labelNames: votes.labelNames, counts } };
  if (rows === null) return whole;
  return { ...whole, ...selectRows(whole, rows), size: rows.length };
}

function chosen(
  arm: CalibrationArm,
  ids: readonly string[],
  agree: Float64Array,
  count: number,
  seed: number,
): Int32Array {
  const ranks = ids.map((id) => hashId(id, seed));
  const sign = arm === "high" ? -1 : arm === "low" ? 1 : 0;
  const order = [...ids.keys()].sort((a, b) => sign * (agree[a]! - agree[b]!) || ranks[a]! - ranks[b]!);
  return Int32Array.from(order.slice(0, count)).sort();
}

/** An object of one's own, that can be changed: what a dataset has beside its source. */
export function plain(dataset: Dataset): Dataset {
  const { name, size, ids, labelNames, gold, input, groups, votes, roles, sources } = dataset;
  return {
    ...{ name, size, ids, labelNames, gold, input, groups, votes, roles, sources },
    subsetOf: null,
    writeExamples: () => Promise.reject(new Error("a part of a calibration study is never written")),
    close: () => undefined,
  };
}
