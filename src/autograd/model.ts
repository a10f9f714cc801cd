/** What `compile` takes: parameters, inputs, and a function that traces how they become a loss and outputs. */

import type { Tensor } from "./graph.js";
import type { Shape } from "./shape.js";

export interface Parameter {
  readonly shape: readonly number[];
  /** Its elements; training changes them in place. */
  readonly values: Float32Array;
  /** Whether it is trained. Default: yes. */
  readonly trains?: boolean;
  /** Whether weight decay applies. Default: yes. */
  readonly decays?: boolean;
  /**
   * Of a table that is looked up: only the rows that a batch touches are updated, their moments and decay too (as PyTorch's
   * SparseAdam). Default: no, every row is, every time.
   */
  readonly lazy?: boolean;
}

/** An array of the batch. */
export interface ArrayInput {
  readonly type: "float32" | "int32";
  readonly shape: Shape;
}

/**
 * The sum of rows of tables, one row of each for each id: [...shape, width]. It is computed outside the graph, where a lookup
 * and its gradient are sparse. The batch brings one int32 array of ids a table, in this order.
 */
export interface LookupInput {
  /** Parameters [rows, width] of one width. */
  readonly lookup: readonly string[];
  /** Of the ids. */
  readonly shape: Shape;
}

export type Input = ArrayInput | LookupInput;

export interface Scope<Inputs extends string, Parameters extends string> {
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  /** All parameters but those that are only looked up. */
  readonly parameters: Readonly<Record<Parameters, Tensor>>;
  /** Whether this is a training step: dropout drops. */
  readonly training: boolean;
}

export interface Traced<Outputs extends string> {
  /** One number. */
  readonly loss: Tensor;
  readonly outputs: Readonly<Record<Outputs, Tensor>>;
}

export interface Model<
  Inputs extends string = string,
  Parameters extends string = string,
  Outputs extends string = string,
> {
  readonly parameters: Readonly<Record<Parameters, Parameter>>;
  readonly inputs: Readonly<Record<Inputs, Input>>;
  /** Called once for training and once for each set of outputs that is predicted. */
  trace(scope: Scope<Inputs, Parameters>): Traced<Outputs>;
}

/** Arrays of one batch by input: one, or for a lookup one a table. What is asked for decides which are needed. */
export type Batch<Inputs extends string = string> = Readonly<
  Partial<Record<Inputs, Float32Array | Int32Array | readonly Int32Array[]>>
>;
