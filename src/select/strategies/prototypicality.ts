import { z } from "zod";
import { clusterAll } from "../clusters.js";
import type { Strategy } from "../strategy.js";

const options = z.strictObject({
  side: z
    .enum(["hard", "easy"])
    .default("hard")
    .describe("hard: the farthest from their centroid first, for much data; easy: the nearest, for little"),
  clusters: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe("how many clusters of the vectors; 0: as many as there are labels, as in the paper"),
});

export const prototypicality: Strategy<z.infer<typeof options>> = {
  name: "prototypicality",
  meaning: "the farthest from, or the nearest to, the centroid of their cluster of vectors",
  source:
    "Sorscher et al. 2022, section 6: a self-supervised pruning metric (with cosine distance to k-means centroids)",
  version: 1,
  needs: ["labels", "vectors"],
  options,
  async start({ source, options: { side, clusters }, seed, signal }) {
    const count = clusters || Math.max(1, source.labelNames.length);
    const { rows, distances } = await clusterAll(await source.vectors(), source.ids, {
      clusters: count,
      seed,
      signal,
    });
    const scores = new Float64Array(source.size);
    rows.forEach((row, at) => (scores[row] = side === "hard" ? distances[at]! : -distances[at]!));
    return { kind: "ranking", scores };
  },
};
