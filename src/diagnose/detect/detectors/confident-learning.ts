import { z } from "zod";
import {
  issueFilters,
  labelIssues,
  normalisedMargin,
  selfConfidence,
} from "../confident-learning/label-issues.js";
import type { Detector } from "../detector.js";

const options = z.strictObject({
  filter: z
    .enum(issueFilters)
    .default("prune-by-noise-rate")
    .describe("which labels are taken for wrong, as cleanlab's filter_by"),
  rank: z
    .enum(["self-confidence", "normalised-margin"])
    .default("self-confidence")
    .describe("what examples are ranked by"),
});

export const confidentLearning: Detector<z.infer<typeof options>> = {
  name: "confident-learning",
  meaning:
    "models that did not train on it give the label little probability; how many of each label are wrong follows from all",
  source: "Northcutt et al. 2021, as cleanlab 2.9",
  version: 1,
  needs: ["held-out"],
  options,
  async detect({ evidence, options: { filter, rank } }) {
    const probabilities = await evidence.heldOut();
    const { gold } = evidence;
    const own = selfConfidence(probabilities, gold);
    const quality = rank === "self-confidence" ? own : normalisedMargin(probabilities, gold);
    const { labels, values } = probabilities;
    const best = gold.map((_, row) => {
      let most = row * labels;
      for (let at = most + 1; at < (row + 1) * labels; at++) if (values[at]! > values[most]!) most = at;
      return most - row * labels;
    });
    return {
      scores: quality.map((score) => 1 - score),
      suggested: best.map((label, row) => (label === gold[row] ? -1 : label)),
      flagged: labelIssues(probabilities, gold, filter),
      why: (row) => `held-out probability ${own[row]!.toFixed(3)}`,
    };
  },
};
