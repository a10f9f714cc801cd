/** Softmax and its logarithm over the last axis. */

import type { Tensor } from "../graph.js";
import { exp, multiply, subtract } from "./elementwise.js";
import { sum } from "./reduce.js";

const lastAxis = { axis: { int: -1 } };

/** e^x over its sum along the last axis. */
export function softmax(x: Tensor): Tensor {
  const y: Tensor = x.graph.emitOne({
    op: "Softmax",
    inputs: [x],
    attributes: lastAxis,
    shape: x.shape,
    gradient: ([dy]) => [multiply(y, subtract(dy!, sum(multiply(dy!, y), { axes: [-1], keep: true })))],
  });
  return y;
}

/** The logarithm of softmax, without underflow. */
export function logSoftmax(x: Tensor): Tensor {
  const y: Tensor = x.graph.emitOne({
    op: "LogSoftmax",
    inputs: [x],
    attributes: lastAxis,
    shape: x.shape,
    gradient: ([dy]) => [subtract(dy!, multiply(exp(y), sum(dy!, { axes: [-1], keep: true })))],
  });
  return y;
}
