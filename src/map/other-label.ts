/**
 * The label other than the gold one with the highest mean probability, as a function that DuckDB calls for 2,048 rows at
 * a time: `other_label(gold, logits of each epoch ...)` where all logits are kept, `other_label_top(gold, and of each
 * epoch top_labels, top_logits, log_sum_exp)` where the largest are (a label outside them counts as probability 0).
 * Both give STRUCT(label INTEGER, probability DOUBLE). Of equal labels the first wins.
 */

import { DOUBLE, DuckDBScalarFunction, FLOAT, INTEGER, LIST, STRUCT } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { floatColumn, floatListColumn, integerColumn, integerListColumn } from "../run/vector-read.js";
import type { ListColumn } from "../run/vector-read.js";

/** Adds the probabilities of one epoch: `probabilities` is rows x labels, row-major. */
type AddEpoch = (chunk: DuckDBDataChunk, epoch: number, probabilities: Float64Array) => void;

/** Registers both functions for dynamics of so many epochs and labels. */
export function registerOtherLabel(connection: DuckDBConnection, epochs: number, labels: number): void {
  const repeated = <T>(types: readonly T[]): T[] => Array.from({ length: epochs }, () => types).flat();
  register(connection, "other_label", repeated([LIST(FLOAT)]), epochs, labels, (chunk, epoch, sums) => {
    addSoftmax(floatListColumn(chunk, 1 + epoch), labels, sums);
  });
  const top = repeated([LIST(INTEGER), LIST(FLOAT), FLOAT]);
  register(connection, "other_label_top", top, epochs, labels, (chunk, epoch, sums) => {
    const names = integerListColumn(chunk, 1 + 3 * epoch);
    const logits = floatListColumn(chunk, 2 + 3 * epoch);
    addTop(names, logits.values, floatColumn(chunk, 3 + 3 * epoch), labels, sums);
  });
}

function register(
  connection: DuckDBConnection,
  name: string,
  parameters: Parameters<typeof DuckDBScalarFunction.create>[0]["parameterTypes"] & object,
  epochs: number,
  labels: number,
  add: AddEpoch,
): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name,
      parameterTypes: [INTEGER, ...parameters],
      returnType: STRUCT({ label: INTEGER, probability: DOUBLE }),
      mainFunction: (_info, chunk, output) => {
        const rows = chunk.rowCount;
        const sums = new Float64Array(rows * labels);
        for (let epoch = 0; epoch < epochs; epoch++) add(chunk, epoch, sums);
        const best = largestOthers(sums, integerColumn(chunk, 0), labels, epochs);
        // The output's own vector: the class that wraps it has no way to set a whole column.
        const { vector } = output as unknown as { vector: StructVector };
        const set = (child: number, values: Int32Array | Float64Array): void => {
          const target = bindings.struct_vector_get_child(vector, child);
          bindings.copy_data_to_vector(target, 0, values.buffer as ArrayBuffer, 0, values.byteLength);
        };
        set(0, best.label);
        set(1, best.probability);
      },
    }),
  );
}

type StructVector = Parameters<typeof bindings.struct_vector_get_child>[0];

function addSoftmax({ values }: ListColumn<Float32Array>, labels: number, sums: Float64Array): void {
  const terms = new Float64Array(labels);
  for (let start = 0; start < sums.length; start += labels) {
    let largest = -Infinity;
    for (let k = 0; k < labels; k++) {
      const value = values[start + k] as number;
      if (value > largest) largest = value;
    }
    let sum = 0;
    for (let k = 0; k < labels; k++) {
      sum += terms[k] = Math.exp((values[start + k] as number) - largest);
    }
    const scale = 1 / sum;
    for (let k = 0; k < labels; k++) {
      sums[start + k] = (sums[start + k] as number) + (terms[k] as number) * scale;
    }
  }
}

function addTop(
  names: ListColumn<Int32Array>,
  logits: Float32Array,
  logSums: Float32Array,
  labels: number,
  sums: Float64Array,
): void {
  let at = 0;
  for (let row = 0; row < logSums.length; row++) {
    const width = typeof names.widths === "number" ? names.widths : (names.widths[row] as number);
    for (const end = at + width; at < end; at++) {
      const cell = row * labels + (names.values[at] as number);
      const probability = Math.exp((logits[at] as number) - (logSums[row] as number));
      sums[cell] = (sums[cell] as number) + probability;
    }
  }
}

function largestOthers(
  sums: Float64Array,
  gold: Int32Array,
  labels: number,
  epochs: number,
): { label: Int32Array; probability: Float64Array } {
  const label = new Int32Array(gold.length);
  const probability = new Float64Array(gold.length);
  for (let row = 0; row < gold.length; row++) {
    let best = -1;
    let largest = -1;
    for (let k = 0; k < labels; k++) {
      const sum = sums[row * labels + k] as number;
      if (sum > largest && k !== gold[row]) {
        best = k;
        largest = sum;
      }
    }
    label[row] = best;
    probability[row] = largest / epochs;
  }
  return { label, probability };
}
