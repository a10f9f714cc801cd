/** Examples whose losses rise and fall together teach alike: clusters of loss trajectories, sampled evenly, the smallest first. */

import { z } from "zod";
import { deriveSeed, Random } from "../../core/random.js";
import { kMeans } from "../k-means.js";
import type { Strategy } from "../strategy.js";
import { takeEvenly } from "../take-evenly.js";

const options = z.strictObject({
  clusters: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe("how many clusters of loss trajectories, the paper's K"),
});

export const trajectory: Strategy<z.infer<typeof options>> = {
  name: "trajectory",
  meaning: "evenly over clusters of loss trajectories, so that each way of being learned is there",
  source: "Yang et al. 2024, Algorithm 1: SmallToLarge (S2L)",
  version: 1,
  needs: ["trajectories"],
  buildsSet: true,
  options,
  async start({ source, options: { clusters }, seed, signal }) {
    const { epochs, losses } = await source.trajectories();
    const vectors = { width: epochs, values: losses };
    return {
      kind: "picker",
      async pick(candidates, count) {
        const clustering = await kMeans({ vectors, rows: candidates, clusters, seed, signal });
        const members = Array.from({ length: clustering.clusters }, (): number[] => []);
        candidates.forEach((row, at) => members[clustering.assigned[at]!]!.push(row));
        return takeEvenly(members, count, new Random(deriveSeed(seed, "trajectory")));
      },
    };
  },
};
