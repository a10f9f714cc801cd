/**
 * Columns as numbers. Numeric columns are standardised with the training data's mean and deviation; a missing value is
 * the mean, and says so in an indicator of its own where the training data had missing ones. Categorical columns are
 * one-hot; a category that training never saw is all zeros. A one-hot input is kept as its position: most are zero.
 */

import { z } from "zod";
import { UserError } from "../../core/errors.js";
import type { Dataset, FeatureColumn } from "../../dataset/dataset.js";

const numericSchema = z.object({
  name: z.string(),
  kind: z.literal("numeric"),
  mean: z.number(),
  /** Population standard deviation; 0 where the column is constant, which then carries nothing. */
  deviation: z.number(),
  /** Whether training saw missing values. */
  missing: z.boolean(),
});
const categoricalSchema = z.object({
  name: z.string(),
  kind: z.literal("categorical"),
  /** Sorted; a missing value is one of its own, null, where training saw it. */
  categories: z.array(z.string().nullable()),
});

/** How each column is encoded; what a saved model keeps. */
export const encodingSchema = z.array(z.discriminatedUnion("kind", [numericSchema, categoricalSchema]));
export type Encoding = z.infer<typeof encodingSchema>;

/** Encoded examples. */
export interface Inputs {
  readonly size: number;
  /** size x denseWidth: the standardised numbers. */
  readonly dense: Float32Array;
  readonly denseWidth: number;
  /** size x sparseWidth: positions of the inputs that are one, -1 for none. */
  readonly ones: Int32Array;
  readonly sparseWidth: number;
}

/** Number of inputs of a model: dense ones first, then every one-hot position. */
export function inputWidth(encoding: Encoding): number {
  let width = 0;
  for (const column of encoding) {
    width += column.kind === "numeric" ? (column.missing ? 2 : 1) : column.categories.length;
  }
  return width;
}

/** Learns the encoding from the training data. @throws UserError where a number is infinite */
export function fitEncoding(dataset: Dataset): Encoding {
  return featureColumns(dataset).map((column) =>
    column.kind === "numeric"
      ? { name: column.name, kind: "numeric", ...moments(dataset, column.name, column.values) }
      : { name: column.name, kind: "categorical", categories: categoriesOf(column.values) },
  );
}

/**
 * Encodes a dataset's columns; they are found by name, in any order.
 *
 * @throws UserError where a column is missing, or of the other kind
 */
export function encode(encoding: Encoding, dataset: Dataset): Inputs {
  const size = dataset.size;
  const numeric = encoding.filter((column) => column.kind === "numeric");
  const denseWidth = numeric.length;
  const withIndicator = numeric.filter((column) => column.missing).length;
  const sparseWidth = encoding.length - denseWidth + withIndicator;
  const dense = new Float32Array(size * denseWidth);
  const ones = new Int32Array(size * sparseWidth).fill(-1);
  const columns = new Map(featureColumns(dataset).map((column) => [column.name, column]));
  let denseAt = 0;
  let sparseAt = 0;
  let position = denseWidth;
  for (const fitted of encoding) {
    const column = columns.get(fitted.name);
    if (column === undefined) throw missingColumn(dataset, fitted.name, [...columns.keys()]);
    if (fitted.kind === "numeric") {
      const values = numbersOf(dataset, column);
      checkFinite(dataset, fitted.name, values);
      for (let row = 0; row < size; row++) {
        const value = values[row] as number;
        if (Number.isNaN(value)) {
          if (fitted.missing) ones[row * sparseWidth + sparseAt] = position;
        } else if (fitted.deviation > 0) {
          dense[row * denseWidth + denseAt] = (value - fitted.mean) / fitted.deviation;
        }
      }
      denseAt++;
      if (fitted.missing) {
        sparseAt++;
        position++;
      }
    } else {
      const values = categoriesAt(column);
      const places = new Map(fitted.categories.map((category, index) => [category, position + index]));
      for (let row = 0; row < size; row++) {
        ones[row * sparseWidth + sparseAt] = places.get(values[row] ?? null) ?? -1;
      }
      sparseAt++;
      position += fitted.categories.length;
    }
  }
  return { size, dense, denseWidth, ones, sparseWidth };
}

function featureColumns(dataset: Dataset): readonly FeatureColumn[] {
  if (dataset.input.kind === "features") return dataset.input.columns;
  throw new UserError({
    subject: dataset.name,
    problem: "the features trainer reads feature columns, and this dataset has none",
    value: dataset.input.kind,
    remedy: "name them with --features",
  });
}

function moments(
  dataset: Dataset,
  name: string,
  values: Float64Array,
): { mean: number; deviation: number; missing: boolean } {
  checkFinite(dataset, name, values);
  let count = 0;
  let mean = 0;
  for (const value of values) if (!Number.isNaN(value)) mean += (value - mean) / ++count;
  let widest = 0;
  for (const value of values) if (!Number.isNaN(value)) widest = Math.max(widest, Math.abs(value - mean));
  // Relative to the widest: no square over- or underflows.
  let squares = 0;
  if (widest > 0)
    for (const value of values) if (!Number.isNaN(value)) squares += ((value - mean) / widest) ** 2;
  const deviation = count > 0 ? widest * Math.sqrt(squares / count) : 0;
  // Rounding noise of a constant column, or numbers at the end of what can be held, would be blown up to unit size.
  const constant = deviation <= Math.max(1e-12 * Math.abs(mean), 1e-290);
  return { mean, deviation: constant ? 0 : deviation, missing: count < values.length };
}

function checkFinite(dataset: Dataset, name: string, values: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (value === Infinity || value === -Infinity) {
      throw new UserError({
        subject: `${dataset.name}, column ${name}, example ${JSON.stringify(dataset.ids[row])}`,
        problem: "not a finite number",
        value,
        remedy: "leave the value empty where it is missing",
      });
    }
  }
}

function categoriesOf(values: readonly (string | null)[]): (string | null)[] {
  const seen = new Set(values);
  const named = [...seen].filter((value) => value !== null).sort();
  return seen.has(null) ? [...named, null] : named;
}

function numbersOf(dataset: Dataset, column: FeatureColumn): Float64Array {
  if (column.kind === "numeric") return column.values;
  const values = new Float64Array(dataset.size);
  for (let row = 0; row < dataset.size; row++) {
    const text = column.values[row] ?? null;
    const value = text === null || text.trim() === "" ? NaN : Number(text);
    if (text !== null && text.trim() !== "" && Number.isNaN(value)) {
      throw new UserError({
        subject: `${dataset.name}, column ${column.name}, example ${JSON.stringify(dataset.ids[row])}`,
        problem: "not a number, as the model was trained on",
        value: text,
        remedy: "give a dataset with the training data's columns",
      });
    }
    values[row] = value;
  }
  return values;
}

/** A column whose categories all happen to be numbers in this dataset was read as one of numbers: back to text. */
function categoriesAt(column: FeatureColumn): readonly (string | null)[] {
  if (column.kind === "categorical") return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}

function missingColumn(dataset: Dataset, name: string, there: readonly string[]): UserError {
  return new UserError({
    subject: dataset.name,
    problem: "lacks a feature column that the model was trained on",
    value: name,
    remedy: `it has ${there.slice(0, 8).join(", ")}${there.length > 8 ? ", ..." : ""}`,
  });
}
