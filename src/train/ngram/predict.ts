/** Logits of examples under a model, in batches. */

import type { LogitsBatch } from "../trainer.js";
import type { Examples, LinearModel } from "./linear-model.js";

const batchExamples = 4096;

export function* predictLogits(model: LinearModel, examples: Examples): Generator<LogitsBatch> {
  const size = examples.first.length - 1;
  for (let first = 0; first < size; first += batchExamples) {
    const n = Math.min(batchExamples, size - first);
    const rows = Int32Array.from({ length: n }, (_, i) => first + i);
    const widths = rows.map((row) => model.width(examples, row));
    const logits = new Float32Array(widths.reduce((sum, width) => sum + width, 0));
    let at = 0;
    for (let i = 0; i < n; i++) {
      model.forward(examples, first + i, logits, at);
      at += widths[i]!;
    }
    yield { rows, logits, widths: model.choices ? widths : model.labels };
  }
}
