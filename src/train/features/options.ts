/** Options of the features trainer. */

import { z } from "zod";

export const featuresOptions = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(6).describe("passes over the dataset"),
  steps: z.int().min(1).max(1e9).optional().describe("updates in all, instead of epochs"),
  hidden: z.int().min(0).max(65_536).default(0).describe("width of the hidden layer; 0: a linear model"),
  activation: z.enum(["relu", "tanh"]).default("relu").describe("of the hidden layer"),
  learningRate: z
    .number()
    .positive()
    .max(10)
    .default(0.002)
    .describe("size of the first epoch's steps; later ones shrink by the decay"),
  decay: z
    .number()
    .min(0)
    .max(10)
    .default(0.5)
    .describe("steps of epoch e are learningRate / (1 + decay e): the number of epochs plays no part"),
  batch: z
    .int()
    .min(0)
    .max(65_536)
    .default(0)
    .describe("examples a step; 0: 32, fewer where an epoch would have less than 64 steps"),
  l2: z
    .number()
    .min(0)
    .max(1)
    .default(0.0001)
    .describe("weight decay, as in AdamW: apart from the gradient, no biases"),
});

export type FeaturesOptions = z.infer<typeof featuresOptions>;
