/** An epoch's observations as the columns of its part files. */

import { InternalError } from "../core/errors.js";
import type { DynamicsColumn, Manifest } from "./manifest.js";
import type { Observations, RowLogits } from "./observation.js";
import { listOffsets } from "./table-file.js";
import type { Column } from "./table-column.js";
import { topLogits } from "./top-logits.js";

export type LogitsKept = Manifest["logits"];

/** Labels up to which all logits are kept where the user says nothing. */
const mostLabelsKept = 100;

/** Which logits a run keeps: all of up to 100 labels, the largest five and the normaliser beyond. */
export function logitsKept(labels: number, asked?: LogitsKept): LogitsKept {
  return asked ?? (labels <= mostLabelsKept ? "all" : "top");
}

const derived = [
  "gold_probability",
  "predicted",
  "predicted_probability",
  "margin",
  "loss",
  "entropy",
  "el2n",
] as const satisfies readonly DynamicsColumn[];

const logitsColumns = {
  all: ["logits"],
  top: ["top_labels", "top_logits", "log_sum_exp"],
  none: [],
} as const satisfies Record<LogitsKept, readonly DynamicsColumn[]>;

/** The columns of a run whose trainer gives logits. */
export function recordedColumns(kept: LogitsKept): DynamicsColumn[] {
  return [...derived, ...logitsColumns[kept]];
}

/** The table that an epoch's parts hold, with the columns that the manifest names, in a fixed order. */
export function dynamicsTable(observations: Observations, recorded: readonly DynamicsColumn[]): Column[] {
  const table: Column[] = [{ name: "row", kind: "row" }];
  const add = (name: DynamicsColumn, values: Float32Array | Int32Array | null): void => {
    if (!recorded.includes(name)) return;
    if (values?.length !== observations.size) {
      throw new InternalError(`column ${name} has ${values?.length ?? "no"} of ${observations.size} rows`);
    }
    table.push({ name, kind: "number", values });
  };
  add("gold_probability", observations.goldProbability);
  add("predicted", observations.predicted);
  add("predicted_probability", observations.predictedProbability);
  add("margin", observations.margin);
  add("loss", observations.loss);
  add("entropy", observations.entropy);
  add("el2n", observations.el2n);
  if (recorded.includes("logits")) {
    table.push(rowsColumn("logits", needed(observations.logits), observations.size));
  }
  if (recorded.includes("top_logits")) {
    const top = topLogits(needed(observations.logits), observations.size);
    table.push(rowsColumn("top_labels", { values: top.labels, widths: top.widths }, observations.size));
    table.push(rowsColumn("top_logits", { values: top.logits, widths: top.widths }, observations.size));
    add("log_sum_exp", top.logSumExp);
  }
  return table;
}

/** Several values a row as a column: a fixed-size array where all rows have the same number, else a list. */
export function rowsColumn(
  name: string,
  { values, widths }: { values: Float32Array | Int32Array; widths: number | Int32Array },
  size: number,
): Column {
  if (typeof widths !== "number") {
    const offsets = listOffsets(widths);
    if (widths.length !== size || offsets[size] !== values.length) {
      throw new InternalError(`column ${name} has ${values.length} values for ${size} rows of other widths`);
    }
    return { name, kind: "list", values, offsets };
  }
  if (values.length !== size * widths) {
    throw new InternalError(`column ${name} has ${values.length} values for ${size} rows of ${widths}`);
  }
  return { name, kind: "vector", values, width: widths };
}

function needed(logits: RowLogits | null): RowLogits {
  if (logits === null) throw new InternalError("the run records logits, the observations have none");
  return logits;
}
