import { z } from "zod";
import type { Detector } from "../detector.js";

export const lowMargin: Detector<Record<string, never>> = {
  name: "low-margin",
  meaning: "another label's logit was above the given one's, on average over the epochs",
  source: "Pleiss et al. 2020, without threshold samples",
  version: 1,
  needs: ["margins"],
  options: z.strictObject({}),
  async detect({ evidence }) {
    const [margins, { other }] = await Promise.all([evidence.coordinate("margin"), evidence.opinion()]);
    return {
      scores: margins.map((margin) => -margin),
      suggested: other.map((label, row) => (margins[row]! < 0 ? label : -1)),
      flagged: null,
      why: (row) => `margin ${margins[row]!.toFixed(2)}`,
    };
  },
};
