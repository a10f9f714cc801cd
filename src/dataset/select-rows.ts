/** The columns of a dataset at some of its rows. */

import type { Dataset, Input, Votes } from "./dataset.js";

export type RowColumns = Pick<Dataset, "ids" | "gold" | "input" | "groups" | "votes">;

export function selectRows(parts: RowColumns, rows: Int32Array): RowColumns {
  return {
    ids: at(parts.ids, rows),
    gold: rows.map((row) => parts.gold[row] ?? 0),
    input: selectInput(parts.input, rows),
    groups: parts.groups && at(parts.groups, rows),
    votes: parts.votes && selectVotes(parts.votes, rows),
  };
}

function selectInput(input: Input, rows: Int32Array): Input {
  switch (input.kind) {
    case "text":
      return { kind: "text", text: at(input.text, rows) };
    case "pair":
      return { kind: "pair", text: at(input.text, rows), pair: at(input.pair, rows) };
    case "choices":
      return { kind: "choices", text: at(input.text, rows), choices: at(input.choices, rows) };
    case "features":
      return {
        kind: "features",
        columns: input.columns.map((column) =>
          column.kind === "numeric"
            ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? NaN) }
            : { ...column, values: at(column.values, rows) },
        ),
      };
  }
}

function selectVotes({ labelNames, counts }: Votes, rows: Int32Array): Votes {
  const width = labelNames.length;
  const selected = new Uint32Array(rows.length * width);
  rows.forEach((row, index) => selected.set(counts.subarray(row * width, (row + 1) * width), index * width));
  return { labelNames, counts: selected };
}

function at<T>(values: readonly T[], rows: Int32Array): T[] {
  return Array.from(rows, (row) => values[row] as T);
}
