import { z } from "zod";
import { deriveSeed, Random } from "../../core/random.js";
import { farthestFirst } from "../farthest-first.js";
import type { Strategy } from "../strategy.js";

const options = z.strictObject({});

export const kCenter: Strategy<z.infer<typeof options>> = {
  name: "k-center",
  meaning: "from a random example on, always the one farthest from all that are taken",
  source: "Sener and Savarese 2018, Algorithm 1: k-Center-Greedy",
  version: 1,
  needs: ["vectors"],
  buildsSet: true,
  options,
  async start({ source, seed, signal }) {
    const vectors = await source.vectors();
    return {
      kind: "picker",
      async pick(candidates, count) {
        const first = new Random(deriveSeed(seed, "k-center")).below(candidates.length);
        const chosen = await farthestFirst(vectors, candidates, { count, first, signal });
        return chosen.map((at) => candidates[at]!);
      },
    };
  },
};
