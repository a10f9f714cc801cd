/** Options of the encoder trainer. Defaults follow the reference's fine-tuning code where it has one. */

import { z } from "zod";

export const encoderOptions = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(5).describe("passes over the dataset"),
  steps: z.int().min(1).optional().describe("updates in all, instead of epochs"),
  model: z
    .string()
    .min(1)
    .describe("the checkpoint: a folder in Hugging Face's layout, or a hub id such as owner/name"),
  batch: z.int().min(1).max(65_536).default(32).describe("examples an update"),
  parts: z
    .int()
    .min(1)
    .max(65_536)
    .default(1)
    .describe(
      "parts that a batch is computed in, one after another: less memory, the same update (with dropout, under other masks)",
    ),
  learningRate: z.number().positive().max(1).default(2e-5).describe("largest step size of AdamW"),
  schedule: z
    .enum(["linear", "constant"])
    .default("linear")
    .describe("whether the rate falls to 0 over all planned updates"),
  warmup: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("share of the planned updates in which the rate rises from 0"),
  weightDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("decoupled decay; not of biases and normalisations"),
  beta1: z.number().min(0).lt(1).default(0.9).describe("AdamW's memory of gradients"),
  beta2: z.number().min(0).lt(1).default(0.999).describe("AdamW's memory of their squares"),
  epsilon: z.number().positive().default(1e-8).describe("AdamW's epsilon"),
  clip: z.number().min(0).default(1).describe("largest norm of all gradients together; 0: any"),
  maxLength: z
    .int()
    .min(4)
    .default(128)
    .describe(
      "tokens of a text or pair, special ones included; longer ones are cut, the longer of a pair first",
    ),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("of states, attention and head; default: as the checkpoint's configuration says"),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe("share of the target spread over all labels"),
  freeze: z
    .string()
    .default("none")
    .describe(
      "what is not trained: none, embeddings, layers:n (they and the first n layers), all (only the head is trained)",
    ),
  head: z
    .enum(["own", "new"])
    .default("own")
    .describe("own: the checkpoint's classifier where it has one; new: a fresh one"),
  denseEmbeddings: z
    .boolean()
    .default(false)
    .describe("update every word's embedding in every step, not only those of the batch's words"),
  mixLengths: z
    .boolean()
    .default(false)
    .describe("batches in an order that does not look at lengths: more padding"),
  dev: z.string().min(1).optional().describe("a labelled file like the training data, for early stopping"),
  patience: z
    .int()
    .min(0)
    .default(0)
    .describe("epochs without a better accuracy on --dev after which training stops; 0: never"),
  keepEmbeddings: z
    .boolean()
    .default(false)
    .describe("keep the last state of each example's first token, for selection"),
  device: z.enum(["cpu", "webgpu"]).default("cpu").describe("where it computes"),
});

export type EncoderOptions = z.infer<typeof encoderOptions>;

export function updatesPerEpoch({ batch }: Pick<EncoderOptions, "batch">, size: number): number {
  return Math.ceil(size / batch);
}
