import type { z } from "zod";
import { hashId } from "../../core/random.js";
import { noOptions } from "../by-coordinate.js";
import type { Strategy } from "../strategy.js";

export const random: Strategy<z.infer<typeof noOptions>> = {
  name: "random",
  meaning: "at random, each example as likely as any other",
  source: null,
  version: 1,
  needs: [],
  options: noOptions,
  async start({ source, seed }) {
    return { kind: "ranking", scores: Float64Array.from(source.ids, (id) => hashId(id, seed)) };
  },
};
