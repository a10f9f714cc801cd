/** What a program gets of a dataset: JSON lines, one an example, with the fields of docs/command-trainer.md. */

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Dataset } from "../../dataset/dataset.js";

const linesAtOnce = 1024;

/**
 * Writes a dataset for a program to read.
 *
 * @param withLabels `label` and `gold`: left out of test sets, so that no program learns or copies them
 */
export async function writeDataFile(dataset: Dataset, path: string, withLabels: boolean): Promise<void> {
  await pipeline(Readable.from(blocks(dataset, withLabels)), createWriteStream(path));
}

function* blocks(dataset: Dataset, withLabels: boolean): Generator<string> {
  const { labelNames, gold, ids, size } = dataset;
  for (let first = 0; first < size; first += linesAtOnce) {
    let text = "";
    for (let row = first; row < Math.min(size, first + linesAtOnce); row++) {
      const label = gold[row] as number;
      const labels = withLabels ? { label: labelNames[label], gold: label } : {};
      text += `${JSON.stringify({ guid: ids[row], ...contentOf(dataset, row), ...labels })}\n`;
    }
    yield text;
  }
}

function contentOf({ input }: Dataset, row: number): Record<string, unknown> {
  switch (input.kind) {
    case "text":
      return { text: input.text[row] };
    case "pair":
      return { text: input.text[row], text_pair: input.pair[row] };
    case "choices":
      return { text: input.text[row], choices: input.choices[row] };
    case "features":
      return {
        features: Object.fromEntries(
          input.columns.map(({ name, values }) => {
            const value = values[row] ?? null;
            return [name, typeof value === "number" && Number.isNaN(value) ? null : value];
          }),
        ),
      };
  }
}
