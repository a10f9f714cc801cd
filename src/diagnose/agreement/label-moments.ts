/** What a run's model said of every label of chosen examples, over the epochs that its map is of: coordinates for any label, not only the gold one. */

import type { EpochRange } from "../../map/epoch-range.js";
import type { Run } from "../../run/reader.js";

export interface LabelMoments {
  readonly labels: number;
  /** Chosen examples x labels: mean probability, its population deviation, share of epochs in which the label's logit was larger than every other. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly correct: Float64Array;
}

/** @returns a reason where the run cannot say */
export async function labelMoments(
  run: Run,
  rows: Int32Array,
  range: EpochRange | null,
): Promise<LabelMoments | string> {
  if (range === null) return "the run has coordinates but no dynamics";
  if (!run.manifest.columns.includes("logits"))
    return `the run keeps ${run.manifest.logits === "top" ? "only the largest" : "no"} logits; train it with --logits all`;
  const labels = run.labelNames.length;
  const place = new Int32Array(run.size).fill(-1);
  rows.forEach((row, i) => (place[row] = i));
  const [sum, squares, correct] = [0, 0, 0].map(() => new Float64Array(rows.length * labels));
  const p = new Float64Array(labels);
  for (let epoch = range.from; epoch <= range.to; epoch++) {
    for await (const { first, size, logits } of run.readEpoch(epoch, ["logits"])) {
      let at = 0;
      for (let i = 0; i < size; i++) {
        const width = typeof logits!.widths === "number" ? logits!.widths : logits!.widths[i]!;
        const to = place[first + i]!;
        if (to >= 0) {
          const winner = softmax(logits!.values, at, width, p);
          for (let k = 0; k < width; k++) {
            sum![to * labels + k]! += p[k]!;
            squares![to * labels + k]! += p[k]! * p[k]!;
          }
          if (winner >= 0) correct![to * labels + winner]!++;
        }
        at += width;
      }
    }
  }
  const epochs = range.to - range.from + 1;
  const mean = sum!.map((own) => own / epochs);
  return {
    labels,
    mean,
    deviation: squares!.map((own, i) => Math.sqrt(Math.max(0, own / epochs - mean[i]! * mean[i]!))),
    correct: correct!.map((own) => own / epochs),
  };
}

/** Fills `p`. @returns the label whose logit is larger than every other, -1 in a tie */
function softmax(logits: Float32Array, from: number, width: number, p: Float64Array): number {
  let winner = 0;
  let tied = false;
  for (let k = 1; k < width; k++) {
    if (logits[from + k]! > logits[from + winner]!) [winner, tied] = [k, false];
    else if (logits[from + k] === logits[from + winner]) tied = true;
  }
  let sum = 0;
  for (let k = 0; k < width; k++) sum += p[k] = Math.exp(logits[from + k]! - logits[from + winner]!);
  for (let k = 0; k < width; k++) p[k]! /= sum;
  return tied ? -1 : winner;
}
