/** Probabilities of every label, on average over a run's epochs. */

import { UserError } from "../../core/errors.js";
import type { Run } from "../../run/reader.js";
import type { HeldOutProbabilities } from "../detect/confident-learning/confident-joint.js";

/** In multiple choice those of its choices, 0 beyond an example's last. @throws UserError where the run does not keep all logits */
export async function meanProbabilities(run: Run): Promise<HeldOutProbabilities> {
  if (!run.manifest.columns.includes("logits")) {
    throw new UserError({
      subject: run.folder,
      problem: `keeps ${run.manifest.logits === "top" ? "only the largest" : "no"} logits`,
      remedy: "train it with --logits all",
    });
  }
  const labels = run.labelNames.length;
  const values = new Float64Array(run.size * labels);
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    for await (const { first, size, logits } of run.readEpoch(epoch, ["logits"])) {
      let at = 0;
      for (let i = 0; i < size; i++) {
        const width = typeof logits!.widths === "number" ? logits!.widths : logits!.widths[i]!;
        addSoftmax(logits!.values, at, width, values, (first + i) * labels, run.epochs);
        at += width;
      }
    }
  }
  return { labels, values };
}

function addSoftmax(
  logits: Float32Array,
  from: number,
  width: number,
  values: Float64Array,
  to: number,
  epochs: number,
): void {
  let largest = -Infinity;
  for (let k = 0; k < width; k++) largest = Math.max(largest, logits[from + k]!);
  let sum = 0;
  for (let k = 0; k < width; k++) sum += Math.exp(logits[from + k]! - largest);
  for (let k = 0; k < width; k++) values[to + k]! += Math.exp(logits[from + k]! - largest) / sum / epochs;
}
