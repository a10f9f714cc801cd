/**
 * Makes what a step found stand, in the study's own process: a killed study's workers leave nothing behind that nobody asked for. The
 * record is written last.
 */

import { buildMap } from "../../map/build-map.js";
import { UserError } from "../../core/errors.js";
import type { Effects } from "../../core/effects.js";
import type { Holdings } from "./holdings.js";
import { studyLayout } from "../folder/layout.js";
import { publishTable } from "../folder/publish-table.js";
import { writeRecord, type MapRecord, type StepRecord } from "../folder/record.js";
import type { Step } from "../plan/step.js";

/** What a test set's examples were given by a cell's model, in their order. */
export interface TestPredictions {
  readonly test: string;
  /** Indices into the names of the test set's labels. */
  readonly predicted: Int32Array;
  readonly loss: Float32Array;
}

export interface Computed {
  /** Of a map: of its training alone. */
  readonly record: StepRecord;
  /** Of a selection: what it took, in the order of taking. */
  readonly rows?: Int32Array | undefined;
  /** Of a cell. */
  readonly predictions?: readonly TestPredictions[] | undefined;
}

/** @returns the record that stands now */
export async function publishStep(
  step: Step,
  { record, rows, predictions }: Computed,
  holdings: Holdings,
  effects: Effects,
): Promise<StepRecord> {
  if (rows !== undefined) await publishSelection(step, rows, holdings);
  if (predictions !== undefined) await publishPredictions(step, predictions, holdings);
  const whole = record.kind === "map" ? await finishMap(record, holdings, effects) : record;
  await writeRecord(holdings.folder, whole);
  return whole;
}

/** Computes the coordinates of a map that has been trained. */
async function finishMap(
  record: MapRecord,
  { folder, threads }: Holdings,
  effects: Effects,
): Promise<MapRecord> {
  const began = performance.now();
  await buildMap(studyLayout.map(folder, record.key), { threads, effects });
  return { ...record, seconds: record.trainSeconds + (performance.now() - began) / 1000 };
}

async function publishSelection({ key }: Step, rows: Int32Array, holdings: Holdings): Promise<void> {
  const { folder, inputs } = holdings;
  holdings.hold(key, rows);
  const ids = Array.from(rows, (row) => inputs.dataset.ids[row] ?? "");
  await publishTable(
    folder,
    studyLayout.selection(folder, key),
    [
      { name: "row", kind: "number", values: rows },
      { name: "id", kind: "text", values: ids },
    ],
    rows.length,
  );
}

async function publishPredictions(
  { key, title }: Step,
  predictions: readonly TestPredictions[],
  { folder, inputs }: Holdings,
): Promise<void> {
  const rows = predictions.reduce((sum, { predicted }) => sum + predicted.length, 0);
  const names: string[] = [];
  const labels: string[] = [];
  const row = new Int32Array(rows);
  const correct = new Int32Array(rows);
  const losses = new Float32Array(rows);
  let at = 0;
  for (const { test: name, predicted, loss } of predictions) {
    const test = inputs.tests.get(name);
    if (test === undefined) throw new UserError({ subject: title, problem: "no such test set", value: name });
    for (let i = 0; i < predicted.length; i++, at++) {
      const label = predicted[i] ?? 0;
      names.push(name);
      labels.push(test.labels.names[label] ?? "");
      row[at] = i;
      correct[at] = label === test.labels.gold[i] ? 1 : 0;
      losses[at] = loss[i] ?? NaN;
    }
  }
  await publishTable(
    folder,
    studyLayout.predictions(folder, key),
    [
      { name: "test", kind: "text", values: names },
      { name: "row", kind: "number", values: row },
      { name: "predicted", kind: "text", values: labels },
      { name: "correct", kind: "number", values: correct },
      { name: "loss", kind: "number", values: losses },
    ],
    rows,
  );
}
