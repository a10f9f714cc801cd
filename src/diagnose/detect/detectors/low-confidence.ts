import { z } from "zod";
import type { Detector } from "../detector.js";

export const lowConfidence: Detector<Record<string, never>> = {
  name: "low-confidence",
  meaning: "the model gave the label little probability, on average over the epochs",
  source: "Swayamdipta et al. 2020",
  version: 1,
  needs: ["probabilities"],
  options: z.strictObject({}),
  async detect({ evidence }) {
    const { confidence, other, otherProbability } = await evidence.opinion();
    return {
      scores: confidence.map((p) => 1 - p),
      suggested: other.map((label, row) => (otherProbability[row]! > confidence[row]! ? label : -1)),
      flagged: null,
      why: (row) => `confidence ${confidence[row]!.toFixed(3)}`,
    };
  },
};
