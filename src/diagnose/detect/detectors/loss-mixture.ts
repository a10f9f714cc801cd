import { z } from "zod";
import { fitBetaMixture } from "../beta-mixture.js";
import type { Detector } from "../detector.js";

export const lossMixture: Detector<Record<string, never>> = {
  name: "loss-mixture",
  meaning: "its loss belongs to the higher of two beta distributions that all losses are a mixture of",
  source: "Arazo et al. 2019",
  version: 1,
  needs: ["losses"],
  options: z.strictObject({}),
  async detect({ evidence }) {
    const [losses, { other }] = await Promise.all([evidence.coordinate("loss_mean"), evidence.opinion()]);
    const { posterior, rank } = fitBetaMixture(losses);
    return {
      // Where the posterior is 1 to the last bit, losses still differ.
      scores: rank,
      suggested: other.map((label, row) => (posterior[row]! > 0.5 ? label : -1)),
      flagged: Uint8Array.from(posterior, (p) => (p > 0.5 ? 1 : 0)),
      why: (row) =>
        `loss ${losses[row]!.toFixed(2)}, of the high component with ${posterior[row]!.toFixed(2)}`,
    };
  },
};
