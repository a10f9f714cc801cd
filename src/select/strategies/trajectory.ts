/** Examples whose losses rise and fall together teach alike: clusters of loss trajectories, sampled evenly, the smallest first. */

import { z } from "zod";
import { deriveSeed, Random } from "../../core/random.js";
import { kMeans } from "../k-means.js";
import type { Strategy } from "../strategy.js";

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
        const random = new Random(deriveSeed(seed, "trajectory"));
        const bySize = members.filter((rows) => rows.length > 0).sort((a, b) => a.length - b.length);
        const taken: number[] = [];
        bySize.forEach((rows, at) => {
          // An equal part of what is still to be taken, or all where there are no more: the larger clusters give the rest.
          const part = Math.min(rows.length, Math.floor((count - taken.length) / (bySize.length - at)));
          taken.push(...random.shuffle(rows).slice(0, part));
        });
        return Int32Array.from(taken);
      },
    };
  },
};
