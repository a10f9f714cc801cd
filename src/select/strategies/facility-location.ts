import { z } from "zod";
import { facilityLocation as choose } from "../facility-location.js";
import type { Strategy } from "../strategy.js";

const options = z.strictObject({});

export const facilityLocation: Strategy<z.infer<typeof options>> = {
  name: "facility-location",
  meaning: "always the one that brings all examples nearest to one that is taken",
  source: "Wei et al. 2015, by the greedy algorithm of Nemhauser et al. 1978, lazily as in Minoux 1978",
  version: 1,
  needs: ["vectors"],
  buildsSet: true,
  options,
  async start({ source, threads, signal }) {
    const vectors = await source.vectors();
    return {
      kind: "picker",
      async pick(candidates, count) {
        const chosen = await choose(vectors, candidates, { count, threads, signal });
        return chosen.map((at) => candidates[at]!);
      },
    };
  },
};
