/** Options of the n-gram trainer. docs/informative.md says how the defaults were chosen. */

import { z } from "zod";

/** `1-2`: from one to two; `0`: none. */
const range = (longest: number): z.ZodType<string> =>
  z.string().refine((text) => text === "0" || isRange(text, longest), {
    error: `not a range such as 1-2, within 1-${longest}, or 0 for none`,
  });

function isRange(text: string, longest: number): boolean {
  const [from, to] = parseRange(text);
  return /^\d+(-\d+)?$/.test(text) && from >= 1 && from <= to && to <= longest;
}

/** First and last length of a range; [1, 0] for none. */
export function parseRange(text: string): readonly [from: number, to: number] {
  if (text === "0") return [1, 0];
  const [from = 0, to = from] = text.split("-").map(Number);
  return [from, to];
}

export const ngramOptions = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(6).describe("passes over the dataset"),
  steps: z.int().min(1).max(1e9).optional().describe("updates in all, instead of epochs"),
  learningRate: z
    .number()
    .positive()
    .max(100)
    .default(1.2)
    .describe(
      "of K labels, the first steps have the size learningRate (1 - 1/K); AdaGrad shrinks later ones",
    ),
  decay: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("steps of epoch e are divided by 1 + decay e: the number of epochs plays no part"),
  l2: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("pull of the weights of an example's features to zero, a step"),
  dropout: z
    .number()
    .min(0)
    .max(0.95)
    .default(0)
    .describe("share of an example's features left out of each step"),
  batch: z
    .int()
    .min(1)
    .max(65_536)
    .default(32)
    .describe("examples whose probabilities are taken before their steps are made"),
  words: range(5).default("1-2").describe("lengths of word n-grams, 1-2; 0: none"),
  characters: range(8).default("3-5").describe("lengths of character n-grams within words, 3-5; 0: none"),
  buckets: z
    .int()
    .min(1024)
    .max(2 ** 26)
    .default(2 ** 20)
    .describe("n-grams are hashed into this many buckets, a power of two")
    .refine((n) => Number.isInteger(Math.log2(n)), { error: "not a power of two" }),
  minCount: z.int().min(1).max(1000).default(1).describe("n-grams in fewer training examples are left out"),
  targets: z
    .enum(["gold", "votes"])
    .optional()
    .describe("what is learned: gold labels (the default), or the share of --votes for each label"),
});

export type NgramOptions = z.infer<typeof ngramOptions>;

/** The options that say which features a text has, apart from how they are learned. */
export type GramOptions = Pick<NgramOptions, "words" | "characters" | "buckets">;
