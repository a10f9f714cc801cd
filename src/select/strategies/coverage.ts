/**
 * Coverage-centric selection. The range of the scores that are left is cut into equally wide strata; of each, from the smallest on, an equal
 * part of what is still to be taken is taken at random, all of it where there are no more: what is left over goes to the larger ones.
 */

import { z } from "zod";
import { deriveSeed, Random } from "../../core/random.js";
import { shareOf } from "../quota.js";
import type { Strategy } from "../strategy.js";
import { takeEvenly } from "../take-evenly.js";

const options = z.strictObject({
  score: z
    .string()
    .default("margin")
    .describe(
      "coordinate that is stratified; the paper's is margin (its AUM), with forgetting, el2n and others beside it",
    ),
  hardest: z
    .number()
    .min(0)
    .max(0.99)
    .default(0.1)
    .describe(
      "share of the candidates that is left out as too hard, the paper's beta; less where the rest would not do",
    ),
  strata: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe("how many equally wide ranges of the score, the paper's k"),
});
type Options = z.infer<typeof options>;

/** Coordinates of which a high value means hard. */
const hardWhereHigh = new Set([
  "loss_mean",
  "entropy",
  "el2n",
  "forgetting",
  "first_learned",
  "variability",
  "other_probability",
]);

export const coverage: Strategy<Options> = {
  name: "coverage",
  meaning: "evenly over the range of a score, without the hardest",
  source: "Zheng et al. 2023, Algorithm 1: coverage-centric coreset selection (CCS)",
  version: 1,
  needs: [{ coordinate: "margin" }],
  buildsSet: true,
  options,
  async start({ source, options, seed }) {
    const values = await source.coordinate(options.score);
    const sign = hardWhereHigh.has(options.score) ? -1 : 1;
    return {
      kind: "picker",
      async pick(candidates, count) {
        // The easiest first; those without a score are harder than all.
        const ease = (row: number): number => (Number.isNaN(values[row]) ? -Infinity : sign * values[row]!);
        const ordered = candidates.slice().sort((a, b) => compare(ease(b), ease(a)));
        const dropped = Math.min(shareOf(options.hardest, candidates.length), candidates.length - count);
        const kept = ordered.subarray(0, candidates.length - dropped);
        const random = new Random(deriveSeed(seed, "coverage"));
        const strata = stratify(kept, Float64Array.from(kept, ease), options.strata);
        return takeEvenly(strata, count, random);
      },
    };
  },
};

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows by equally wide ranges, the lowest first; rows without a score are a stratum of their own. */
function stratify(rows: Int32Array, scores: Float64Array, count: number): number[][] {
  const finite = scores.filter((score) => score !== -Infinity);
  const low = finite.reduce((least, score) => Math.min(least, score), Infinity);
  const high = finite.reduce((most, score) => Math.max(most, score), -Infinity);
  const strata = Array.from({ length: count + 1 }, (): number[] => []);
  rows.forEach((row, at) => {
    const score = scores[at]!;
    const place = high > low ? Math.min(count - 1, Math.floor(((score - low) / (high - low)) * count)) : 0;
    strata[score === -Infinity ? count : place]?.push(row);
  });
  return strata;
}
