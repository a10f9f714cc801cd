/**
 * The graph that tracing writes down. An operation on tensors computes nothing: it appends a node that says what will be
 * computed, of which shape, and how a gradient comes back through it. Nodes stand in the order in which they run.
 */

import { InternalError, UserError } from "../core/errors.js";
import { factorOf, namesIn, showShape, type Shape, type Size } from "./shape.js";

export type ElementType = "float32" | "int32" | "int64" | "bool";

/** Arrays that hold a tensor's elements outside the graph. */
export type Elements = Float32Array | Int32Array | BigInt64Array;

/** An attribute of an ONNX operator. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

/** A value that the graph will hold when it runs. */
export interface Tensor {
  readonly graph: Graph;
  /** Unique in its graph. */
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** The gradients of the loss by a node's outputs (null: none came), turned into those by its inputs (null: none flows). */
export type Gradient = (outputs: readonly (Tensor | null)[]) => readonly (Tensor | null)[];

export interface Node {
  /** An operator of ONNX. */
  readonly op: string;
  /** "" is ONNX's own. */
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly gradient: Gradient | null;
}

export interface Constant {
  readonly tensor: Tensor;
  readonly values: Elements;
}

interface NewNode {
  readonly op: string;
  readonly domain?: Node["domain"];
  readonly inputs: readonly Tensor[];
  readonly attributes?: Node["attributes"];
  readonly outputs: readonly { readonly type?: ElementType; readonly shape: Shape }[];
  readonly gradient?: Gradient;
}

/** Scaled Bernoulli numbers that a dropout multiplies by: an input that whoever runs the graph fills. */
export interface MaskInput {
  readonly tensor: Tensor;
  readonly rate: number;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Tensor[] = [];
  readonly constants: Constant[] = [];
  readonly masks: MaskInput[] = [];
  /** How gradients come back through a tensor, where not through the node that computes it. */
  readonly overrides = new Map<Tensor, { readonly inputs: readonly Tensor[]; readonly gradient: Gradient }>();
  readonly #made = new Map<string, readonly Tensor[]>();
  #count = 0;

  /** @param training whether dropout drops */
  constructor(readonly training = false) {}

  /** A value that comes with every run. */
  input(name: string, type: ElementType, shape: Shape): Tensor {
    if (this.inputs.some((one) => one.name === name)) {
      throw new UserError({ subject: "graph", problem: "two inputs of one name", value: name });
    }
    const tensor: Tensor = { graph: this, name, type, shape };
    this.inputs.push(tensor);
    return tensor;
  }

  /** A dropout mask of that shape: 0 with probability `rate`, else 1 / (1 - rate). */
  mask(shape: Shape, rate: number): Tensor {
    const tensor = this.input(`mask.${this.masks.length}`, "float32", shape);
    this.masks.push({ tensor, rate });
    return tensor;
  }

  /** A value that is part of the graph. Equal constants are one. */
  constant(values: Elements, shape: Shape): Tensor {
    const type =
      values instanceof Float32Array ? "float32" : values instanceof Int32Array ? "int32" : "int64";
    const key = `${type}${showShape(shape)}${values.join()}`;
    const made = this.#made.get(key);
    if (made !== undefined) return made[0]!;
    const tensor: Tensor = { graph: this, name: `constant.${this.constants.length}`, type, shape };
    this.constants.push({ tensor, values });
    this.#made.set(key, [tensor]);
    return tensor;
  }

  /** A number as a constant of shape []. */
  scalar(value: number): Tensor {
    return this.constant(Float32Array.of(value), []);
  }

  /** Appends a node. The same operator on the same inputs is computed once. */
  emit({ op, domain = "", inputs, attributes = {}, outputs, gradient }: NewNode): readonly Tensor[] {
    for (const input of inputs) {
      if (input.graph !== this) throw new UserError({ subject: op, problem: "operands of two graphs" });
    }
    const key = `${domain}.${op}(${inputs.map(({ name }) => name).join()})${JSON.stringify(attributes)}`;
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const number = this.#count++;
    const tensors = outputs.map(({ type = "float32", shape }, at): Tensor => {
      const name = outputs.length === 1 ? `${op}.${number}` : `${op}.${number}.${at}`;
      return { graph: this, name, type, shape };
    });
    this.nodes.push({ op, domain, inputs, outputs: tensors, attributes, gradient: gradient ?? null });
    this.#made.set(key, tensors);
    return tensors;
  }

  /** `emit` of an operator with one output. */
  emitOne(node: Omit<NewNode, "outputs"> & { readonly type?: ElementType; readonly shape: Shape }): Tensor {
    const { type, shape, ...rest } = node;
    return this.emit({ ...rest, outputs: [type === undefined ? { shape } : { type, shape }] })[0]!;
  }

  /** Gradients pass from `output` straight to `inputs`: a composite knows a shorter way back than its parts. */
  override(output: Tensor, inputs: readonly Tensor[], gradient: Gradient): Tensor {
    this.overrides.set(output, { inputs, gradient });
    return output;
  }

  /** A shape as an int64 vector, whose named sizes are read off an input when the graph runs. */
  shapeVector(shape: Shape): Tensor {
    const parts: Tensor[] = [];
    let numbers: number[] = [];
    const flush = () => {
      if (numbers.length > 0) {
        parts.push(this.constant(BigInt64Array.from(numbers, BigInt), [numbers.length]));
      }
      numbers = [];
    };
    for (const size of shape) {
      if (typeof size === "number") {
        numbers.push(size);
        continue;
      }
      flush();
      parts.push(this.sizeVector(size));
    }
    flush();
    if (parts.length === 1) return parts[0]!;
    if (parts.length === 0) return this.constant(new BigInt64Array(0), [0]);
    return this.emitOne({
      op: "Concat",
      inputs: parts,
      attributes: { axis: { int: 0 } },
      type: "int64",
      shape: [shape.length],
    });
  }

  /** A size as an int64 vector of length 1. */
  sizeVector(size: Size): Tensor {
    const names = namesIn(size);
    const factor = factorOf(size);
    const factors = names.map((name) => this.#nameVector(name));
    if (factor !== 1 || factors.length === 0)
      factors.push(this.constant(BigInt64Array.of(BigInt(factor)), [1]));
    return factors.reduce((a, b) => this.emitOne({ op: "Mul", inputs: [a, b], type: "int64", shape: [1] }));
  }

  #nameVector(name: string): Tensor {
    for (const input of this.inputs) {
      const axis = input.shape.indexOf(name);
      if (axis < 0) continue;
      return this.emitOne({
        op: "Shape",
        inputs: [input],
        attributes: { start: { int: axis }, end: { int: axis + 1 } },
        type: "int64",
        shape: [1],
      });
    }
    throw new InternalError(`no input has the size ${name} alone on an axis`);
  }
}
