/** Some rows of a dataset, as a dataset: what the models of held-out folds train on and observe. */

import { InternalError } from "../core/errors.js";
import type { Dataset, FeatureColumn, Input } from "../dataset/dataset.js";

/** The rows in the order given. It borrows its source: closing it does nothing, and it cannot write its examples. */
export function part(dataset: Dataset, rows: Int32Array): Dataset {
  const { votes } = dataset;
  const labels = votes?.labelNames.length ?? 0;
  return {
    name: dataset.name,
    size: rows.length,
    ids: pick(dataset.ids, rows),
    labelNames: dataset.labelNames,
    gold: rows.map((row) => dataset.gold[row] as number),
    input: partOfInput(dataset.input, rows),
    groups: dataset.groups && pick(dataset.groups, rows),
    votes: votes && {
      labelNames: votes.labelNames,
      counts: Uint32Array.from(
        { length: rows.length * labels },
        (_, i) => votes.counts[(rows[Math.floor(i / labels)] as number) * labels + (i % labels)] as number,
      ),
    },
    roles: dataset.roles,
    sources: dataset.sources,
    subsetOf: { dataset, rows },
    writeExamples: () => Promise.reject(new InternalError("a part of a dataset cannot write its examples")),
    close: () => undefined,
  };
}

function partOfInput(input: Input, rows: Int32Array): Input {
  switch (input.kind) {
    case "text":
      return { kind: "text", text: pick(input.text, rows) };
    case "pair":
      return { kind: "pair", text: pick(input.text, rows), pair: pick(input.pair, rows) };
    case "choices":
      return { kind: "choices", text: pick(input.text, rows), choices: pick(input.choices, rows) };
    case "features":
      return { kind: "features", columns: input.columns.map((column) => partOfColumn(column, rows)) };
  }
}

function partOfColumn(column: FeatureColumn, rows: Int32Array): FeatureColumn {
  return column.kind === "numeric"
    ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) }
    : { ...column, values: pick(column.values, rows) };
}

function pick<T>(values: readonly T[], rows: Int32Array): T[] {
  return Array.from(rows, (row) => values[row] as T);
}
