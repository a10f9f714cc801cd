import { z } from "zod";
import { byScore } from "../../measure/ranking.js";
import type { Detection, Detector } from "../detector.js";
import type { LabelEvidence } from "../evidence.js";
import { runDetector } from "../run-detector.js";
import { confidentLearning } from "./confident-learning.js";
import { lowConfidence } from "./low-confidence.js";
import { neighbours } from "./neighbours.js";

/**
 * Each sees something that the others do not: what the rest of the data says, how it was learned, what its nearest say. The first
 * counts twice; neighbours count as much as their word goes (docs/label-errors.md has what each alone finds, and how this was chosen).
 */
const all = [confidentLearning, lowConfidence, neighbours] as unknown as readonly Detector[];
const weights: Readonly<Record<string, number>> = { [confidentLearning.name]: 2 };

const options = z.strictObject({
  mean: z
    .enum(["geometric", "root", "arithmetic"])
    .default("root")
    .describe(
      "of the places; geometric: one place far in front decides, arithmetic: one far behind; root, of their square roots: between the two",
    ),
});

/** What is averaged of a place, and back. */
const means: Readonly<
  Record<z.infer<typeof options>["mean"], readonly [(place: number) => number, (mean: number) => number]>
> = {
  geometric: [Math.log, Math.exp],
  root: [Math.sqrt, (mean) => mean ** 2],
  arithmetic: [(place) => place, (mean) => mean],
};

export const ensemble: Detector<z.infer<typeof options>> = {
  name: "ensemble",
  meaning: `it is among the first of several: ${all.map(({ name }) => name).join(", ")}, those that can be had`,
  source: null,
  version: 2,
  needs: ["probabilities"],
  options,
  async detect({ evidence, options: { mean }, seed }) {
    const taken = all.filter((member) => canServe(member, evidence));
    const detections = await Promise.all(taken.map((member) => runDetector(member, evidence, { seed })));
    const [there, back] = means[mean];
    const members = detections.map(({ scores, kappa }, index) => ({
      ranks: shares(scores).map((place) => there(place)),
      weight: (weights[taken[index]!.name] ?? 1) * Math.max(0, kappa ?? 1),
    }));
    const total = members.reduce((sum, { weight }) => sum + weight, 0);
    const scores = new Float64Array(evidence.size);
    for (let row = 0; row < evidence.size; row++) {
      let sum = 0;
      for (const { ranks, weight } of members) sum += weight * ranks[row]!;
      scores[row] = 1 - back(sum / total);
    }
    return {
      scores,
      suggested: vote(detections, evidence),
      flagged: null,
      why: (row) => detections.map(({ why }) => why(row)).join("; "),
    };
  },
};

/** Whether all that a detector needs is there. */
export function canServe(
  detector: Pick<Detector, "needs">,
  evidence: Pick<LabelEvidence, "missing">,
): boolean {
  return detector.needs.every((need) => evidence.missing(need) === null);
}

/** The place of each example as a share in (0, 1): equal scores share the mean of their places; without a score, the middle. */
export function shares(scores: Float64Array): Float64Array {
  const order = byScore(scores);
  const ranks = new Float64Array(scores.length);
  for (let first = 0; first < order.length;) {
    const score = scores[order[first]!]!;
    if (Number.isNaN(score)) {
      for (const row of order.subarray(first)) ranks[row] = 0.5;
      break;
    }
    let end = first + 1;
    while (end < order.length && scores[order[end]!] === score) end++;
    for (const row of order.subarray(first, end)) ranks[row] = (first + end) / 2 / scores.length;
    first = end;
  }
  return ranks;
}

/** The label that most members suggest; of several the first member's. */
function vote(detections: readonly Detection[], { size, labelNames }: LabelEvidence): Int32Array {
  const votes = new Int32Array(labelNames.length);
  return new Int32Array(size).map((_, row) => {
    votes.fill(0);
    let best = -1;
    for (const { suggested } of detections) {
      const label = suggested[row]!;
      if (label >= 0) votes[label]!++;
    }
    for (const { suggested } of detections) {
      const label = suggested[row]!;
      if (label >= 0 && (best < 0 || votes[label]! > votes[best]!)) best = label;
    }
    return best;
  });
}
