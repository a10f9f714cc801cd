/** The mean of several models' probabilities. */

import { InternalError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { collectLogits } from "../run/collect.js";
import type { LogitsBatch, Predictor } from "./trainer.js";

/** One batch with all rows: the logarithm of the models' mean probabilities, finite where they underflow. */
export async function* meanPredictions(
  models: readonly Pick<Predictor, "predict">[],
  dataset: Dataset,
): AsyncGenerator<LogitsBatch> {
  let sum: Float64Array | null = null;
  let widths: number | Int32Array = 0;
  for (const model of models) {
    const logits = await collectLogits(model.predict(dataset), {
      size: dataset.size,
      what: dataset.name,
      ids: dataset.ids,
    });
    const logProbabilities = logSoftmax(logits.values, logits.widths, dataset.size);
    widths = logits.widths;
    if (sum === null) sum = logProbabilities;
    else addExponentials(sum, logProbabilities);
  }
  if (sum === null) throw new InternalError("a mean of no models");
  const shift = Math.log(models.length);
  yield {
    rows: Int32Array.from({ length: dataset.size }, (_, row) => row),
    logits: Float32Array.from(sum, (value) => value - shift),
    widths,
  };
}

function logSoftmax(values: Float32Array, widths: number | Int32Array, size: number): Float64Array {
  const result = new Float64Array(values.length);
  let start = 0;
  for (let row = 0; row < size; row++) {
    const end = start + (typeof widths === "number" ? widths : (widths[row] ?? 0));
    let largest = -Infinity;
    for (let k = start; k < end; k++) largest = Math.max(largest, values[k]!);
    let sum = 0;
    for (let k = start; k < end; k++) sum += Math.exp(values[k]! - largest);
    const normaliser = largest + Math.log(sum);
    for (let k = start; k < end; k++) result[k] = values[k]! - normaliser;
    start = end;
  }
  return result;
}

/** sum = log(exp(sum) + exp(other)), element by element. */
function addExponentials(sum: Float64Array, other: Float64Array): void {
  if (sum.length !== other.length) throw new InternalError("models of different widths");
  for (let i = 0; i < sum.length; i++) {
    const larger = Math.max(sum[i]!, other[i]!);
    sum[i] = larger + Math.log1p(Math.exp(Math.min(sum[i]!, other[i]!) - larger));
  }
}
