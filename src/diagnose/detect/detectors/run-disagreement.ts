import { z } from "zod";
import type { Detector } from "../detector.js";

export const runDisagreement: Detector<Record<string, never>> = {
  name: "run-disagreement",
  meaning: "several trainings find another label more probable; among equals, those that give this one least",
  source: null,
  version: 1,
  needs: ["several-runs", "probabilities"],
  options: z.strictObject({}),
  async detect({ evidence }) {
    const runs = await evidence.opinions();
    const { size, labelNames } = evidence;
    const against = new Int32Array(size);
    const scores = new Float64Array(size);
    const suggested = new Int32Array(size).fill(-1);
    for (let row = 0; row < size; row++) {
      const votes = new Int32Array(labelNames.length);
      let lack = 0;
      for (const { confidence, other, otherProbability } of runs) {
        lack += (1 - confidence[row]!) / runs.length;
        if (!(otherProbability[row]! > confidence[row]!)) continue;
        against[row]!++;
        if (other[row]! >= 0) votes[other[row]!]!++;
      }
      // Below 1: a vote counts for more than any lack of confidence.
      scores[row] = (against[row]! + lack * 0.999) / (runs.length + 1);
      const most = votes.reduce((best, n, label) => (n > votes[best]! ? label : best), 0);
      if (votes[most]! > 0) suggested[row] = most;
    }
    return {
      scores,
      suggested,
      flagged: Uint8Array.from(against, (n) => (2 * n > runs.length ? 1 : 0)),
      why: (row) => `${against[row]} of ${runs.length} trainings say another label`,
    };
  },
};
