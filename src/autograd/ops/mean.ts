/** Means over axes. */

import type { Tensor } from "../graph.js";
import { product } from "../shape.js";
import { multiply } from "./elementwise.js";
import { axisOf } from "./fail.js";
import { reshape } from "./layout.js";
import { sum, type ReduceOptions } from "./reduce.js";

/** The mean over axes. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = (options.axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf("mean", x, axis));
  return multiply(sum(x, { ...options, axes }), inverseSize(x, axes));
}

function inverseSize(x: Tensor, axes: readonly number[]): Tensor | number {
  const count = product(axes.map((axis) => x.shape[axis]!));
  if (typeof count === "number") return 1 / count;
  const { graph } = x;
  const float = graph.emitOne({
    op: "Cast",
    inputs: [reshape(graph.sizeVector(count), [])],
    attributes: { to: { int: 1 } },
    shape: [],
  });
  return graph.emitOne({ op: "Reciprocal", inputs: [float], shape: [] });
}
