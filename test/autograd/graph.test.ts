/** What a graph refuses when it is built, and what of it is encoded. */

import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradients.js";
import { Graph, type Tensor } from "../../src/autograd/graph.js";
import { binaryCrossEntropy, softmaxCrossEntropy, squaredError } from "../../src/autograd/losses.js";
import { encode } from "../../src/autograd/onnx.js";
import * as ops from "../../src/autograd/ops.js";
import type { Shape } from "../../src/autograd/shape.js";
import { nameOf, tracePrediction, traceTraining } from "../../src/autograd/trace.js";
import { checkGradient } from "./check-gradient.js";
import { wordsModel } from "./model-of.js";

describe("operands that do not fit are refused when the graph is built, with operation, operands and shapes:", () => {
  const graph = new Graph();
  const tensor = (name: string, ...shape: Shape) => graph.input(name, "float32", shape);
  const a = tensor("a", "batch", 3);
  const b = tensor("b", 4);
  const c = tensor("c", 3);
  const d = tensor("d", "batch", "length");
  const w = tensor("w", 5, 3);
  const four = tensor("four", 2, 2, 3, 4);
  const label = graph.input("label", "int32", ["batch"]);
  const wrong: Record<string, [() => unknown, string]> = {
    add: [() => ops.add(a, b), "add: shapes do not broadcast: a [batch, 3] and b [4]"],
    multiply: [
      () => ops.multiply(d, a),
      "multiply: shapes do not broadcast: d [batch, length] and a [batch, 3]",
    ],
    "add, of whole numbers": [() => ops.add(label, 1), "add: takes float32, not int32: label [batch]"],
    tanh: [() => ops.tanh(label), "tanh: takes float32, not int32: label [batch]"],
    matmul: [() => ops.matmul(a, w), "matmul: inner sizes 3 and 5 differ: a [batch, 3] and w [5, 3]"],
    "matmul, transposed": [
      () => ops.matmul(a, d, { transposeA: true, transposeB: true }),
      "matmul: inner sizes batch and length differ (after transposing): a [batch, 3] and d [batch, length]",
    ],
    "matmul, of vectors": [() => ops.matmul(a, c), "matmul: operands need two axes: a [batch, 3] and c [3]"],
    linear: [
      () => ops.linear(d, w, c),
      "linear: the weight is not [outputs, inputs] of this operand: d [batch, length] and w [5, 3]",
    ],
    "linear's bias": [
      () => ops.linear(a, w, c),
      "linear: the bias is not [outputs] of this weight: w [5, 3] and c [3]",
    ],
    layerNorm: [() => ops.layerNorm(a, c, b), "layerNorm: expects [3]: a [batch, 3] and b [4]"],
    "layerNorm, of a named width": [
      () => ops.layerNorm(d, c, c),
      "layerNorm: the last axis needs a number: d [batch, length]",
    ],
    reshape: [() => ops.reshape(a, ["batch", 4]), "reshape: cannot become [batch, 4]: a [batch, 3]"],
    transpose: [() => ops.transpose(a, [0, 0]), "transpose: [0, 0] is no order of the axes: a [batch, 3]"],
    take: [() => ops.take(a, 1, 3), "take: no position 3: a [batch, 3]"],
    "take, of half a position": [() => ops.take(a, 1, 0.5), "take: no position 0.5: a [batch, 3]"],
    "take, of no axis": [() => ops.take(a, 2, 0), "take: no axis 2: a [batch, 3]"],
    concat: [() => ops.concat([a, w], 1), "concat: shapes differ beside axis 1: a [batch, 3] and w [5, 3]"],
    "concat of named sizes": [
      () => ops.concat([a, a], 0),
      "concat: sizes along axis 0 must be numbers: a [batch, 3] and a [batch, 3]",
    ],
    "concat of nothing": [() => ops.concat([], 0), "concat: nothing to join"],
    split: [() => ops.split(w, 0, [2, 2]), "split: parts of 2 + 2 along axis 0: w [5, 3]"],
    sum: [() => ops.sum(a, { axes: [-3] }), "sum: no axis -3: a [batch, 3]"],
    "sum over an axis twice": [
      () => ops.sum(a, { axes: [1, -1] }),
      "sum: an axis twice in [1, 1]: a [batch, 3]",
    ],
    broadcastTo: [
      () => ops.broadcastTo(a, ["batch"]),
      "broadcastTo: does not broadcast to [batch]: a [batch, 3]",
    ],
    attention: [() => ops.attention(four, four, d), "matmul: inner sizes 3 and batch differ"],
    dropout: [() => ops.dropout(a, 1), "dropout: rate must be in [0, 1), 1"],
    softmaxCrossEntropy: [
      () => softmaxCrossEntropy(a, a.graph.scalar(1)),
      "softmaxCrossEntropy: the target does not fit: a [batch, 3] and constant.0 []",
    ],
    "softmaxCrossEntropy of named labels": [
      () => softmaxCrossEntropy(d, label),
      "softmaxCrossEntropy: logits must be [batch, labels]: d [batch, length]",
    ],
    "softmaxCrossEntropy smoothed whole": [
      () => softmaxCrossEntropy(a, label, { smoothing: 1 }),
      "softmaxCrossEntropy: smoothing must be in [0, 1), 1",
    ],
    binaryCrossEntropy: [
      () => binaryCrossEntropy(a, c),
      "binaryCrossEntropy: shapes differ: a [batch, 3] and c [3]",
    ],
    squaredError: [
      () => squaredError(a, d),
      "squaredError: shapes differ: a [batch, 3] and d [batch, length]",
    ],
    "operands of two graphs": [() => ops.add(a, new Graph().scalar(1)), "Add: operands of two graphs"],
    "an input's name, twice": [() => tensor("a", 1), 'graph: two inputs of one name, "a"'],
  };
  it.each(Object.entries(wrong))("%s", (_, [build, message]) => {
    expect(build).toThrow(message);
  });
});

function decode(bytes: Uint8Array) {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  return {
    ops: graph!.node.map(({ opType }) => opType),
    read: new Set([...graph!.node.flatMap(({ input }) => input), ...graph!.output.map(({ name }) => name)]),
    nodes: graph!.node,
    inputs: graph!.input.map(({ name }) => name),
    outputs: graph!.output.map(({ name }) => name),
    constants: graph!.initializer.map(({ name }) => name),
  };
}

describe("an encoded graph", () => {
  it("holds nothing that nobody reads", () => {
    const graph = new Graph();
    const x = graph.input("x", "float32", ["batch", 3]);
    const unread = graph.input("unread", "float32", [3]);
    ops.exp(ops.multiply(unread, 7));
    const y = ops.tanh(ops.multiply(x, 2));
    ops.add(y, 5);
    const { ops: kinds, inputs, constants } = decode(encode(graph, { y }).bytes);
    expect(kinds).toEqual(["Mul", "Tanh"]);
    expect(inputs).toEqual(["x"]);
    expect(constants).toHaveLength(1);
  });

  it("of a whole training step reads each node, each input and each constant", () => {
    const graph = decode(traceTraining(wordsModel(1, { dropout: 0.1 }), true).bytes);
    for (const { output } of graph.nodes) expect(output.some((name) => graph.read.has(name))).toBe(true);
    for (const name of [...graph.inputs, ...graph.constants]) expect(graph.read).toContain(name);
    expect(graph.inputs).toContain("mask.0");
  });

  it("of a prediction reads neither targets nor masks", () => {
    const graph = decode(tracePrediction(wordsModel(1, { dropout: 0.1 }), ["y"], false).bytes);
    expect(graph.inputs.toSorted()).toEqual(["input.tokens", "parameter.bias", "parameter.weight"]);
    expect(graph.outputs).toEqual(["output.y"]);
  });

  it("computes no gradient below what is frozen", () => {
    const model = wordsModel(1, { trains: false });
    const graph = decode(traceTraining(model, true).bytes);
    expect(graph.outputs.toSorted()).toEqual([
      "gradient.parameter.bias",
      "gradient.parameter.weight",
      "loss",
      "output.y",
    ]);
    // Backward of tanh is y * y and its like: only the forward pass has a tanh, and nothing follows from it but the product.
    const tanh = graph.nodes.find(({ opType }) => opType === "Tanh")!.output[0]!;
    const readers = graph.nodes.filter(({ input }) => input.includes(tanh)).map(({ opType }) => opType);
    expect(readers).toEqual(["ReduceSum"]);
    const whole = decode(traceTraining(wordsModel(1), true).bytes);
    expect(whole.outputs).toContain(nameOf.inputGradient("tokens"));
    expect(whole.nodes.length).toBeGreaterThan(graph.nodes.length);
  });

  it("computes the same operation on the same operands once", () => {
    const graph = new Graph();
    const x = graph.input("x", "float32", [3]);
    expect(ops.tanh(x)).toBe(ops.tanh(x));
    expect(graph.scalar(2)).toBe(graph.scalar(2));
    expect(ops.sum(x, { axes: [0] })).not.toBe(ops.sum(x, { axes: [0], keep: true }));
  });

  it("may give one tensor under two names, and an input as it is", () => {
    const graph = new Graph();
    const x = graph.input("x", "float32", [3]);
    const y = ops.tanh(x);
    const { outputs, ops: kinds } = decode(encode(graph, { a: y, b: y, c: x }).bytes);
    expect(outputs).toEqual(["a", "b", "c"]);
    expect(kinds).toEqual(["Tanh", "Identity", "Identity"]);
  });
});

describe("gradients", () => {
  it("are null where the loss does not depend on a tensor, and add up where it does by two ways", async () => {
    const graph = new Graph();
    const x = graph.input("x", "float32", [3]);
    const other = graph.input("other", "float32", [3]);
    expect(gradients(ops.mean(ops.tanh(x)), [other, x])[0]).toBeNull();
    const twice = (one: Tensor) => ops.multiply(ops.add(ops.tanh(one), one), ops.exp(one));
    await checkGradient([{ shape: [3] }], twice, { seed: 1 });
  });

  it("reach the bias of an attention, over the axes that it was repeated along", async () => {
    const operands = [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
      [2, 1, 1, 5],
    ].map((shape) => ({ shape }));
    await checkGradient(operands, (q, k, v, bias) => ops.attention(q, k, v, { bias: bias }), { seed: 2 });
  });
});
