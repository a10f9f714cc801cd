import type { z } from "zod";
import { noOptions } from "../by-coordinate.js";
import type { Strategy } from "../strategy.js";

export const forgetting: Strategy<z.infer<typeof noOptions>> = {
  name: "forgetting",
  meaning: "the never learned first, then what was learned and forgotten most often",
  source: "Toneva et al. 2019",
  version: 1,
  needs: [{ coordinate: "learned" }, { coordinate: "forgetting" }],
  options: noOptions,
  async start({ source }) {
    const learned = await source.coordinate("learned");
    // The count is null wherever nothing was learned: where that is everywhere, there is no count to ask for.
    const counts = learned.includes(1) ? await source.coordinate("forgetting") : learned;
    return {
      kind: "ranking",
      scores: counts.map((count, row) => (learned[row] === 0 ? Infinity : count)),
      of: { coordinate: "forgetting", sign: 1 },
    };
  },
};
