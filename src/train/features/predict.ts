/** What a network says of encoded examples, batch by batch. */

import type { Dataset } from "../../dataset/dataset.js";
import type { LogitsBatch } from "../trainer.js";
import { encode, type Encoding, type Inputs } from "./encoding.js";
import type { Network } from "./network.js";

const batchRows = 1024;

export function* observe(network: Network, inputs: Inputs): Generator<LogitsBatch> {
  const { labels } = network.shape;
  for (let first = 0; first < inputs.size; first += batchRows) {
    const count = Math.min(batchRows, inputs.size - first);
    const rows = Int32Array.from({ length: count }, (_, i) => first + i);
    const logits = new Float32Array(count * labels);
    for (let i = 0; i < count; i++) network.forward(inputs, first + i, logits, i * labels);
    yield { rows, logits, widths: labels };
  }
}

export async function* predict(
  network: Network,
  encoding: Encoding,
  dataset: Dataset,
): AsyncGenerator<LogitsBatch> {
  yield* observe(network, encode(encoding, dataset));
}
