/** Logits of a dataset under a model, in batches of like length. */

import type { Compiled } from "../../autograd/compile.js";
import type { LogitsBatch } from "../trainer.js";
import type { Inputs } from "./inputs.js";
import type { ModelOutput } from "./model/encoder-model.js";
import { predictionBatches } from "./tokens/batches.js";

/** Examples of a batch. Without gradients little of it is kept, and more would not be faster. */
const batchExamples = 32;

/** @param labels logits of an example where all have the same; for multiple choice, the most */
export async function* predictLogits(
  model: Compiled<string, ModelOutput>,
  inputs: Inputs,
  labels: number,
): AsyncGenerator<LogitsBatch> {
  for (const { rows, length } of predictionBatches(inputs.lengths, { size: batchExamples })) {
    const { arrays, sizes } = await inputs.make(rows, length);
    const { logits } = await model.predict(arrays, ["logits"], sizes);
    yield logitsBatch(rows, logits, labels, inputs.widths);
  }
}

/** States of each example's first token (or each choice's), in the order of the rows. @param width numbers of an example */
export async function predictStates(
  model: Compiled<string, ModelOutput>,
  inputs: Inputs,
  width: number,
): Promise<Float32Array> {
  const states = new Float32Array(inputs.lengths.length * width);
  for (const { rows, length } of predictionBatches(inputs.lengths, { size: batchExamples })) {
    const { arrays, sizes } = await inputs.make(rows, length);
    const { embedding } = await model.predict(arrays, ["embedding"], sizes);
    rows.forEach((row, at) => states.set(embedding.subarray(at * width, (at + 1) * width), row * width));
  }
  return states;
}

/** Logits as a trainer hands them out: those of choices that an example does not have are left out. */
export function logitsBatch(
  rows: Int32Array,
  logits: Float32Array,
  labels: number,
  widths: Int32Array | null,
): LogitsBatch {
  if (widths === null) return { rows, logits, widths: labels };
  const own = rows.map((row) => widths[row]!);
  const kept = new Float32Array(own.reduce((sum, width) => sum + width, 0));
  let at = 0;
  own.forEach((width, i) => {
    kept.set(logits.subarray(i * labels, i * labels + width), at);
    at += width;
  });
  return { rows, logits: kept, widths: own };
}
