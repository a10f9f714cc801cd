import type { z } from "zod";
import { noOptions } from "../by-coordinate.js";
import { idHashes } from "../id-hashes.js";
import type { Strategy } from "../strategy.js";

export const random: Strategy<z.infer<typeof noOptions>> = {
  name: "random",
  meaning: "at random, each example as likely as any other",
  source: null,
  version: 1,
  needs: [],
  options: noOptions,
  async start({ source, seed }) {
    return { kind: "ranking", scores: idHashes(source.ids, seed) };
  },
};
