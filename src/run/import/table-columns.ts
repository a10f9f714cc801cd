/** Which columns of a table play which part. */

import { UserError } from "../../core/errors.js";
import type { SourceTable } from "./source-table.js";

export interface TableColumns {
  readonly id: string | null;
  readonly gold: string | null;
  /** One an epoch, in order. */
  readonly epochs: readonly string[];
  readonly ignored: readonly string[];
}

const idNames = ["id", "guid", "uid", "example_id", "sample_id", "idx", "index", "unnamed: 0", ""];
const goldNames = ["gold", "label", "target", "gold_label", "true_label", "y"];

/**
 * Columns whose names end in a number are the epochs, in the order of their numbers; where none does, all that are
 * neither id nor gold label, as they stand.
 *
 * @throws UserError where there are none, or where a number is left out
 */
export function tableColumns(table: SourceTable): TableColumns {
  const id = table.column(...idNames);
  const gold = table.column(...goldNames);
  const rest = table.columns.filter((column) => column !== id && column !== gold);
  const numbered = rest
    .map((column) => ({ column, number: Number(/(\d+)$/.exec(column)?.[1] ?? NaN) }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((a, b) => a.number - b.number);
  const epochs = numbered.length > 0 ? numbered.map(({ column }) => column) : rest;
  if (epochs.length === 0) {
    throw new UserError({
      subject: table.path,
      problem: "has no column of probabilities",
      value: table.columns.join(", "),
      remedy: "give one column an epoch: epoch_0, epoch_1, ...",
    });
  }
  for (const [place, { number }] of numbered.entries()) {
    const before = numbered[place - 1]?.number;
    if (before === undefined || number === before + 1) continue;
    const problem =
      number === before ? `epoch ${number} stands in two columns` : `epoch ${before + 1} is missing`;
    throw new UserError({
      subject: table.path,
      problem,
      value: epochs.join(", "),
      remedy: "give one column an epoch",
    });
  }
  return { id, gold, epochs, ignored: rest.filter((column) => !epochs.includes(column)) };
}
