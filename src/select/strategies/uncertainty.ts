/**
 * One round of pool-based active learning. A random seed set is labelled first, and belongs to what is taken: a model that was trained on
 * nothing else says how unsure it is of every other example. Labels outside the seed set play no part.
 */

import { z } from "zod";
import { deriveSeed, Random } from "../../core/random.js";
import { shareOf } from "../quota.js";
import type { Probabilities } from "../source.js";
import type { Strategy } from "../strategy.js";

const options = z.strictObject({
  measure: z
    .enum(["least-confidence", "margin", "entropy"])
    .default("least-confidence")
    .describe(
      "of the predicted probabilities: 1 - the largest, the two largest's difference, or their entropy",
    ),
  seedShare: z
    .number()
    .positive()
    .max(1)
    .default(0.1)
    .describe(
      "share of the candidates in the random seed set, at most half of what is taken; they are taken first",
    ),
});
type Options = z.infer<typeof options>;

export const uncertainty: Strategy<Options> = {
  name: "uncertainty",
  meaning: "a random seed set, then what a model trained on it is least sure of",
  source: "Lewis and Gale 1994; the measures: Settles 2009, section 3.1",
  version: 2,
  needs: ["model"],
  buildsSet: true,
  options,
  async start({ source, options: { measure, seedShare }, seed }) {
    /** All candidates in the order of taking, of which `count` will be taken. */
    const order = async (candidates: Int32Array, count: number): Promise<Int32Array> => {
      const most = Math.max(1, Math.floor(count / 2));
      const size = Math.min(most, Math.max(1, shareOf(seedShare, candidates.length)));
      const pool = new Random(deriveSeed(seed, "uncertainty")).shuffle(candidates.slice());
      const start = pool.slice(0, size);
      const scores = uncertaintyOf(await source.fit(start, deriveSeed(seed, "model") >>> 0), measure);
      const rest = pool.slice(size).sort((a, b) => scores[b]! - scores[a]!);
      return Int32Array.from([...start, ...rest]);
    };
    return {
      kind: "picker",
      pick: async (candidates, count) => (await order(candidates, count)).slice(0, count),
      pickByLabel: async (candidates, counts) => {
        const left = counts.slice();
        const ordered = await order(
          candidates,
          counts.reduce((sum, count) => sum + count, 0),
        );
        return ordered.filter((row) => left[source.gold[row]!]!-- > 0);
      },
    };
  },
};

/** How unsure a model is of each example: higher is less sure. */
export function uncertaintyOf({ labels, values }: Probabilities, measure: Options["measure"]): Float64Array {
  const scores = new Float64Array(values.length / labels);
  for (let row = 0; row < scores.length; row++) {
    let [largest, second, entropy] = [0, 0, 0];
    for (let k = row * labels; k < (row + 1) * labels; k++) {
      const p = values[k]!;
      if (p > largest) [largest, second] = [p, largest];
      else if (p > second) second = p;
      if (p > 0) entropy -= p * Math.log(p);
    }
    scores[row] = { "least-confidence": 1 - largest, margin: second - largest, entropy }[measure];
  }
  return scores;
}
