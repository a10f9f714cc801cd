/**
 * Area under the margin with threshold samples (Pleiss et al. 2020, section 4): N / (K + 1) examples are given an extra label that none has; what
 * margin 99 % of them stay below, an example with a wrong label stays below too. Two trainings with different threshold samples, so that every
 * example is judged by one in which it kept its label.
 */

import { z } from "zod";
import type { Detector } from "../detector.js";
import type { ThresholdRun } from "../evidence.js";

const options = z.strictObject({
  percentile: z
    .number()
    .gt(0)
    .max(100)
    .default(99)
    .describe("labels whose margin is below this percentile of the threshold samples' are taken for wrong"),
});

export const thresholdMargin: Detector<z.infer<typeof options>> = {
  name: "threshold-margin",
  meaning: "its margin is no larger than that of examples that were given a label which nobody has",
  source: "Pleiss et al. 2020 (AUM)",
  version: 1,
  needs: ["threshold-samples"],
  options,
  async detect({ evidence, options: { percentile: share } }) {
    const runs = await evidence.thresholdRuns();
    const { other } = await evidence.opinion();
    const bars = runs.map(({ margins, sampled }) =>
      percentile(
        margins.filter((_, row) => sampled[row] === 1),
        share,
      ),
    );
    const scores = new Float64Array(evidence.size).map((_, row) => meanLack(runs, bars, row));
    return {
      scores,
      suggested: other.map((label, row) => (scores[row]! > 0 ? label : -1)),
      flagged: Uint8Array.from(scores, (score) => (score > 0 ? 1 : 0)),
      why: (row) => `margin ${(-scores[row]!).toFixed(2)} above the threshold samples'`,
    };
  },
};

/** How far the margin lies below the bar, on average over the trainings in which the example kept its label. */
function meanLack(runs: readonly ThresholdRun[], bars: readonly number[], row: number): number {
  let [sum, count] = [0, 0];
  runs.forEach(({ margins, sampled }, run) => {
    if (sampled[row] === 1) return;
    sum += bars[run]! - margins[row]!;
    count++;
  });
  return sum / count;
}

/** Between the two nearest values, as numpy's default. */
export function percentile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  const place = (share / 100) * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
