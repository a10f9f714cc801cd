/** A trained model of our own on disk: tensors, and what is not a tensor as one JSON text in the header. The same model gives the same bytes. */

import { z } from "zod";
import { UserError } from "../../core/errors.js";
import type { TensorValues } from "./numbers.js";
import { openTensors } from "./read.js";
import { writeTensors, type Tensor } from "./write.js";

export interface Weights {
  /** By name. */
  readonly tensors: Readonly<Record<string, Tensor<TensorValues>>>;
  /** Anything that JSON can hold. */
  readonly metadata: unknown;
}

const remedy = "restore the model from a copy, or train it anew";
const metadataSchema = z.object({ alidade: z.string() });

/** Writes a model. An existing file is replaced. */
export async function writeWeights(path: string, { tensors, metadata }: Weights): Promise<void> {
  await writeTensors(path, Object.entries(tensors), { alidade: JSON.stringify(metadata) });
}

/** Reads what `writeWeights` wrote. @throws UserError where the file is missing, cut short or of another format */
export async function readWeights(path: string): Promise<Weights> {
  const file = await openTensors(path, remedy);
  try {
    const tensors: Record<string, Tensor<TensorValues>> = {};
    for (const { name, shape } of file.entries.values()) {
      tensors[name] = { shape, data: await file.readAsWritten(name) };
    }
    const own = metadataSchema.safeParse(file.metadata);
    return { tensors, metadata: own.success ? (JSON.parse(own.data.alidade) as unknown) : null };
  } finally {
    await file.close();
  }
}

/** A tensor of float32 values by name, held to its shape. `subject` is the file, for messages. */
export function floatTensor(
  weights: Weights,
  name: string,
  shape: readonly number[],
  subject: string,
): Float32Array {
  const tensor = weights.tensors[name];
  if (!(tensor?.data instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
    const problem = `it lacks the tensor ${name} of shape ${shape.join(" x ")}`;
    throw new UserError({ subject, problem, remedy });
  }
  return tensor.data;
}
