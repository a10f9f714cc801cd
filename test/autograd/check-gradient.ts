/** Holds a gradient to central finite differences, both computed by the real runtime. */

import { expect } from "vitest";
import { encode } from "../../src/autograd/onnx.js";
import { gradients } from "../../src/autograd/gradients.js";
import { Graph, type Tensor } from "../../src/autograd/graph.js";
import * as ops from "../../src/autograd/ops.js";
import type { Value } from "../../src/autograd/runtime.js";
import { Random } from "../../src/core/random.js";
import { ortRuntime } from "../../src/train/ort-runtime.js";

export const runtime = await ortRuntime({ threads: 1 });

export interface Operand {
  readonly shape: readonly number[];
  /** Where its numbers lie. Default: about 0, standard normal. */
  readonly draw?: (random: Random) => number;
  /** As the graph sees the shape, where sizes are named. Default: `shape`. */
  readonly named?: readonly (number | string)[];
}

/** Away from 0 on either side: for what has a corner or a pole there. */
export const awayFromZero = (random: Random) => {
  const x = random.normal();
  return x + Math.sign(x);
};

export const positive = (random: Random) => 0.3 + Math.abs(random.normal());

/** Runs a graph of the operands once. */
export async function evaluate(
  operands: readonly Operand[],
  values: readonly Float32Array[],
  build: (inputs: readonly Tensor[], graph: Graph) => Readonly<Record<string, Tensor>>,
  training = false,
): Promise<Record<string, Value>> {
  const graph = new Graph(training);
  const inputs = operands.map(({ shape, named = shape }, at) => graph.input(`x${at}`, "float32", named));
  const outputs = build(inputs, graph);
  const { bytes, inputs: needed } = encode(graph, outputs);
  const program = await runtime.load(bytes);
  const feeds: Record<string, Value> = {};
  operands.forEach(({ shape }, at) => {
    if (needed.includes(inputs[at]!)) feeds[`x${at}`] = { type: "float32", shape, data: values[at]! };
  });
  for (const { tensor, rate } of graph.masks) feeds[tensor.name] = maskOf(tensor.shape as number[], rate);
  const found = await program.run(
    feeds,
    Object.fromEntries(Object.keys(outputs).map((name) => [name, null])),
  );
  await program.close();
  return found;
}

function maskOf(shape: readonly number[], rate: number): Value {
  const random = new Random(7);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
    random.unit() < rate ? 0 : 1 / (1 - rate),
  );
  return { type: "float32", shape, data };
}

/**
 * The derivative along random directions, one operand at a time.
 *
 * Step and tolerance: values are 32-bit (6e-8 each), the differences of sums of some dozen of order 1 are good to about
 * 1e-6; over a step of 2 * 0.01 that is 1e-4, and the third derivative adds 0.01^2 / 6 of its size. 1 % of the derivative's
 * size, and never less than 0.002, holds both with room; a wrong factor or sign is off by far more.
 */
export async function checkGradient(
  operands: readonly Operand[],
  operation: (...inputs: Tensor[]) => Tensor,
  { seed, training = false }: { readonly seed: number; readonly training?: boolean },
): Promise<void> {
  const random = new Random(seed);
  const values = operands.map(({ shape, draw = (r: Random) => r.normal() }) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw(random)),
  );
  const lossOf = (inputs: readonly Tensor[], graph: Graph): Tensor => {
    const y = operation(...inputs);
    // Weights that differ from element to element, so that gradients that end up in the wrong place show.
    const wave = ops.add(ops.multiply(ops.tanh(y), 0.5), y);
    return ops.mean(ops.multiply(ops.multiply(wave, wave), graph.scalar(0.7)));
  };
  const found = await evaluate(
    operands,
    values,
    (inputs, graph) => {
      const loss = lossOf(inputs, graph);
      const by = gradients(loss, inputs);
      return {
        loss,
        ...Object.fromEntries(by.flatMap((one, at) => (one === null ? [] : [[`d${at}`, one]]))),
      };
    },
    training,
  );
  for (let at = 0; at < operands.length; at++) {
    const gradient = found[`d${at}`]!;
    expect(gradient.shape).toEqual(operands[at]!.shape);
    const direction = Float32Array.from(values[at]!, () => random.normal());
    const step = 0.01;
    const along = async (sign: number) => {
      const moved = values.map((one, i) =>
        i === at ? one.map((x, j) => x + sign * step * direction[j]!) : one,
      );
      const { loss } = await evaluate(
        operands,
        moved,
        (inputs, graph) => ({ loss: lossOf(inputs, graph) }),
        training,
      );
      return Number(loss!.data[0]);
    };
    const numeric = ((await along(1)) - (await along(-1))) / (2 * step);
    const analytic = direction.reduce((sum, d, j) => sum + d * Number(gradient.data[j]), 0);
    const size = Math.hypot(...Array.from(gradient.data, Number));
    expect(Math.abs(analytic - numeric), `operand ${at}: ${analytic} against ${numeric}`).toBeLessThan(
      Math.max(0.002, 0.01 * size),
    );
  }
}
