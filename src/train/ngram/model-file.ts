/** A trained model on disk: `model.safetensors` with buckets, idf, weights and bias; options and label names in its header. */

import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { floatTensor, readWeights, writeWeights } from "../safetensors/weights.js";
import { LinearModel } from "./linear-model.js";
import { restoreVocabulary, type Vocabulary } from "./vocabulary.js";

const metadataSchema = z.object({
  trainer: z.literal("ngram"),
  labelNames: z.array(z.string()),
  choices: z.boolean(),
  grams: z.object({ words: z.string(), characters: z.string(), buckets: z.int() }),
});

export interface NgramModel {
  readonly model: LinearModel;
  readonly vocabulary: Vocabulary;
  readonly grams: z.infer<typeof metadataSchema>["grams"];
  readonly labelNames: readonly string[];
}

const fileName = "model.safetensors";

export async function saveModel(
  folder: string,
  { model, vocabulary, grams, labelNames }: NgramModel,
): Promise<void> {
  const { features, labels, choices } = model;
  await writeWeights(join(folder, fileName), {
    tensors: {
      buckets: { shape: [features], data: vocabulary.buckets },
      idf: { shape: [features], data: vocabulary.idf },
      weights: { shape: [features, labels], data: model.weights },
      bias: { shape: [labels], data: model.bias },
    },
    metadata: { trainer: "ngram", labelNames: [...labelNames], choices, grams },
  });
}

/** @throws UserError where the file is not a model of this trainer */
export async function loadModel(folder: string): Promise<NgramModel> {
  const path = join(folder, fileName);
  const weights = await readWeights(path);
  const parsed = metadataSchema.safeParse(weights.metadata);
  const buckets = weights.tensors["buckets"]?.data;
  if (!parsed.success || !(buckets instanceof Uint32Array)) {
    throw new UserError({
      subject: path,
      problem: "not a model of the ngram trainer",
      remedy: "name the model folder of such a run",
    });
  }
  const { grams, labelNames, choices } = parsed.data;
  const features = buckets.length;
  const labels = choices ? 1 : labelNames.length;
  const model = new LinearModel(features, labels, choices, {
    weights: floatTensor(weights, "weights", [features, labels], path),
    bias: floatTensor(weights, "bias", [labels], path),
  });
  return {
    model,
    vocabulary: restoreVocabulary(buckets, floatTensor(weights, "idf", [features], path), grams.buckets),
    grams,
    labelNames,
  };
}
