/** A features model on disk: `model.safetensors`, with the encoding, the shape and the labels in its metadata. */

import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { floatTensor, readWeights, writeWeights } from "../safetensors/weights.js";
import { encodingSchema, type Encoding } from "./encoding.js";
import { Network, parameterShapes, type NetworkShape } from "./network.js";

export interface FeaturesModel {
  readonly network: Network;
  readonly encoding: Encoding;
  readonly labelNames: readonly string[];
}

const metadataSchema = z.object({
  trainer: z.literal("features"),
  version: z.literal(1),
  labelNames: z.array(z.string()),
  hidden: z.number().int().nonnegative(),
  activation: z.enum(["relu", "tanh"]),
  inputs: z.number().int().nonnegative(),
  encoding: encodingSchema,
});

const fileName = "model.safetensors";

export async function saveModel(
  folder: string,
  { network, encoding, labelNames }: FeaturesModel,
): Promise<void> {
  const { hidden, activation, inputs } = network.shape;
  const shapes = parameterShapes(network.shape);
  const { first, firstBias, second, secondBias } = network.parameters;
  const metadata: z.input<typeof metadataSchema> = {
    trainer: "features",
    version: 1,
    labelNames: [...labelNames],
    hidden,
    activation,
    inputs,
    encoding,
  };
  await writeWeights(join(folder, fileName), {
    tensors: {
      "first.weight": { shape: shapes.first, data: first },
      "first.bias": { shape: shapes.firstBias, data: firstBias },
      ...(hidden > 0 && {
        "second.weight": { shape: shapes.second, data: second },
        "second.bias": { shape: shapes.secondBias, data: secondBias },
      }),
    },
    metadata,
  });
}

export async function loadModel(folder: string): Promise<FeaturesModel> {
  const path = join(folder, fileName);
  const weights = await readWeights(path);
  const parsed = metadataSchema.safeParse(weights.metadata);
  if (!parsed.success) {
    throw new UserError({
      subject: path,
      problem: "not a model of the features trainer",
      remedy: "train it anew",
    });
  }
  const { hidden, activation, inputs, labelNames, encoding } = parsed.data;
  const shape: NetworkShape = { hidden, activation, inputs, labels: labelNames.length };
  const shapes = parameterShapes(shape);
  const tensor = (name: string, of: readonly number[]): Float32Array => floatTensor(weights, name, of, path);
  const none = new Float32Array(0);
  const network = new Network(shape, {
    first: tensor("first.weight", shapes.first),
    firstBias: tensor("first.bias", shapes.firstBias),
    second: hidden > 0 ? tensor("second.weight", shapes.second) : none,
    secondBias: hidden > 0 ? tensor("second.bias", shapes.secondBias) : none,
  });
  return { network, encoding, labelNames };
}
