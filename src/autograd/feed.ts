/** What goes into a graph: the parameters as they are, the batch's arrays checked against their shapes, dropout masks. */

import { nearest, UserError } from "../core/errors.js";
import type { Elements } from "./graph.js";
import { lookUp, type Table } from "./lookups.js";
import type { Batch, Model } from "./model.js";
import type { Value } from "./runtime.js";
import { shapeIn, showShape, sizeIn, product, solveSizes, type Shape, type Sizes } from "./shape.js";
import { nameOf, type TracedGraph } from "./trace.js";

/** Arrays that grow to the largest batch seen and are used again. */
export class Scratch {
  readonly #arrays = new Map<string, Float32Array>();

  /** An array of that length, with whatever was in it. */
  take(name: string, length: number): Float32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new Float32Array(length);
      this.#arrays.set(name, array);
    }
    return array.subarray(0, length);
  }
}

/** The tables that a lookup adds up. */
export function tablesOf(model: Model, input: string): readonly Table[] {
  const spec = model.inputs[input]!;
  const names = "lookup" in spec ? spec.lookup : [];
  return names.map((name) => {
    const { shape, values } = model.parameters[name]!;
    return { name, values, rows: shape[0]!, width: shape[1]! };
  });
}

export interface Feeds {
  readonly sizes: Sizes;
  readonly values: Readonly<Record<string, Value>>;
}

/**
 * @param known sizes that the lengths of the batch's arrays do not tell
 * @param mask the numbers of a dropout mask, of that length, rate and site
 * @throws UserError for a batch that lacks an input, has an unknown one, or one of another shape
 */
export function feed(
  model: Model,
  traced: TracedGraph,
  batch: Batch,
  known: Sizes | undefined,
  scratch: Scratch,
  mask: (length: number, rate: number, site: number) => Float32Array,
): Feeds {
  const needed = new Set(traced.inputs.map(({ name }) => name));
  const arrays = batchArrays(model, batch, (name) => needed.has(nameOf.input(name)));
  const sizes = sizesOf(arrays, known);
  const values: Record<string, Value> = {};
  for (const [name, { shape, values: data }] of Object.entries(model.parameters)) {
    if (needed.has(nameOf.parameter(name))) values[nameOf.parameter(name)] = { type: "float32", shape, data };
  }
  for (const [name, { shape, given }] of Object.entries(arrays)) {
    if (given instanceof Float32Array || given instanceof Int32Array) {
      values[nameOf.input(name)] = value(given, shapeIn(shape, sizes));
      continue;
    }
    const tables = tablesOf(model, name);
    const full = [...shapeIn(shape, sizes), tables[0]!.width];
    const sums = scratch.take(
      name,
      full.reduce((a, b) => a * b, 1),
    );
    lookUp(tables, given, sums);
    values[nameOf.input(name)] = value(sums, full);
  }
  traced.graph.masks.forEach(({ tensor, rate }, site) => {
    if (!needed.has(tensor.name)) return;
    values[tensor.name] = value(
      mask(sizeIn(product(tensor.shape), sizes), rate, site),
      shapeIn(tensor.shape, sizes),
    );
  });
  return { sizes, values };
}

function value(data: Elements, shape: readonly number[]): Value {
  const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
  return { type, shape, data };
}

interface Given {
  readonly shape: Shape;
  readonly given: Float32Array | Int32Array | readonly Int32Array[];
}

function batchArrays(model: Model, batch: Batch, needed: (name: string) => boolean): Record<string, Given> {
  const unknown = Object.keys(batch).find((name) => !Object.hasOwn(model.inputs, name));
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(model.inputs));
    throw new UserError({
      subject: "batch",
      problem: "the model has no such input",
      value: unknown,
      remedy: near === null ? `it has ${Object.keys(model.inputs).join(", ")}` : `did you mean ${near}?`,
    });
  }
  const found: Record<string, Given> = {};
  for (const [name, input] of Object.entries(model.inputs)) {
    if (!needed(name)) continue;
    const given = batch[name];
    if (given === undefined)
      throw new UserError({ subject: "batch", problem: "lacks an input", value: name });
    const wanted =
      "lookup" in input
        ? `${input.lookup.length} int32 arrays`
        : `a${input.type === "int32" ? "n int32" : " float32"} array`;
    const fits =
      "lookup" in input
        ? Array.isArray(given) && given.length === input.lookup.length
        : input.type === "int32"
          ? given instanceof Int32Array
          : given instanceof Float32Array;
    if (!fits) throw new UserError({ subject: `batch input ${name}`, problem: `must be ${wanted}` });
    found[name] = { shape: input.shape, given };
  }
  return found;
}

function sizesOf(arrays: Readonly<Record<string, Given>>, known: Sizes = {}): Sizes {
  const lengths = Object.values(arrays).flatMap(({ shape, given }) =>
    (given instanceof Float32Array || given instanceof Int32Array ? [given] : given).map(
      (one) => [shape, one.length] as const,
    ),
  );
  const sizes = solveSizes(lengths, known);
  if (sizes !== null) return sizes;
  const shown = Object.entries(arrays).map(([name, { shape, given }]) => {
    const length =
      given instanceof Float32Array || given instanceof Int32Array ? given.length : given[0]!.length;
    return `${name} ${showShape(shape)} has ${length}`;
  });
  throw new UserError({
    subject: "batch",
    problem: `arrays do not fit one another, or leave a size open: ${shown.join(", ")}`,
    remedy: "say open sizes beside the batch: { length: 12 }",
  });
}
