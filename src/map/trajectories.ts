/** Chosen examples through the training: the gold label's probability and the other labels', epoch by epoch. */

import type { ObservationChunk } from "../run/epoch-reader.js";
import type { DynamicsColumn } from "../run/manifest.js";
import type { Run } from "../run/reader.js";

export interface LabelTrajectories {
  /** Of the gold label; NaN where not recorded. */
  readonly probabilities: readonly number[];
  /** Of other labels, likeliest first. Empty where the run keeps no logits, and of two labels, where they say nothing new. */
  readonly others: readonly (readonly number[])[];
}

/**
 * @param rows of the examples
 * @param labels each example's gold label by name; null: not known, which leaves the others out
 * @param mostOthers so many other labels, those with the highest mean probability
 */
export async function readTrajectories(
  run: Run,
  rows: readonly number[],
  labels: readonly (string | null)[],
  mostOthers: number,
): Promise<LabelTrajectories[]> {
  const withOthers = run.manifest.columns.includes("logits") && run.labelNames.length > 2;
  const gold = labels.map((label) => (label === null ? -1 : run.labelNames.indexOf(label)));
  const probabilities = rows.map(() => [] as number[]);
  const all = rows.map(() => [] as number[][]);
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    const columns: DynamicsColumn[] = withOthers ? ["gold_probability", "logits"] : ["gold_probability"];
    for await (const chunk of run.readEpoch(epoch, columns)) {
      const starts = startsOf(chunk);
      rows.forEach((row, index) => {
        const at = row - chunk.first;
        if (at < 0 || at >= chunk.size) return;
        probabilities[index]?.push(chunk.goldProbability?.[at] ?? NaN);
        const { logits } = chunk;
        if (logits && starts) all[index]?.push(softmax(logits.values.subarray(starts[at], starts[at + 1])));
      });
    }
  }
  return rows.map((_, index) => ({
    probabilities: probabilities[index] ?? [],
    others: (gold[index] ?? -1) < 0 ? [] : likeliest(all[index] ?? [], gold[index] ?? -1, mostOthers),
  }));
}

/** Where each row's logits begin, and the last one's end. */
function startsOf({ logits, size }: ObservationChunk): Int32Array | null {
  if (logits === null) return null;
  const starts = new Int32Array(size + 1);
  for (let row = 0; row < size; row++) {
    const width = typeof logits.widths === "number" ? logits.widths : (logits.widths[row] ?? 0);
    starts[row + 1] = (starts[row] ?? 0) + width;
  }
  return starts;
}

function softmax(logits: Float32Array): number[] {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const terms = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

/** @param epochs each epoch's probabilities by label */
function likeliest(epochs: readonly (readonly number[])[], gold: number, most: number): number[][] {
  const labels = epochs[0]?.length ?? 0;
  const others = Array.from({ length: labels }, (_, label) => label).filter((label) => label !== gold);
  const of = (label: number): number[] => epochs.map((probabilities) => probabilities[label] ?? NaN);
  const mass = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return others
    .map(of)
    .sort((a, b) => mass(b) - mass(a))
    .slice(0, most);
}
