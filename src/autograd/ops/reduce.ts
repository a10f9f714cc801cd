/** Sums over axes, and their inverse. */

import type { Tensor } from "../graph.js";
import { broadcast, sameShape, type Shape } from "../shape.js";
import { axisOf, expectFloats, misfit } from "./fail.js";
import { reshape } from "./layout.js";

export interface ReduceOptions {
  /** Default: all. Negative ones count from the back. */
  readonly axes?: readonly number[];
  /** Whether the axes stay, with size 1. Default: no. */
  readonly keep?: boolean;
}

/** The sum over axes. */
export function sum(x: Tensor, { axes, keep = false }: ReduceOptions = {}): Tensor {
  const over = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf("sum", x, axis));
  expectFloats("sum", x);
  if (new Set(over).size < over.length) throw misfit("sum", `an axis twice in [${over.join(", ")}]`, x);
  if (over.length === 0) return x;
  const kept = x.shape.map((size, axis) => (over.includes(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !over.includes(axis));
  return x.graph.emitOne({
    op: "ReduceSum",
    inputs: [x, x.graph.constant(BigInt64Array.from(over, BigInt), [over.length])],
    attributes: { keepdims: { int: keep ? 1 : 0 } },
    shape,
    gradient: ([dy]) => [broadcastTo(reshape(dy!, kept), x.shape), null],
  });
}

/** Repeats along axes of size 1, and along new ones in front, until it has the shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const reached = broadcast(x.shape, shape);
  if (reached === null || !sameShape(reached, shape)) {
    throw misfit("broadcastTo", `does not broadcast to [${shape.join(", ")}]`, x);
  }
  return x.graph.emitOne({
    op: "Expand",
    inputs: [x, x.graph.shapeVector(shape)],
    type: x.type,
    shape,
    gradient: ([dy]) => [sumTo(dy!, x.shape), null],
  });
}

/** Sums a gradient over what broadcasting had repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const front = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < front || (shape[axis - front] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(sum(x, { axes, keep: true }), shape);
}
