/** The same elements, arranged otherwise. */

import { UserError } from "../../core/errors.js";
import type { Tensor } from "../graph.js";
import { product, sameShape, showShape, type Shape, type Size } from "../shape.js";
import { axisOf, misfit } from "./fail.js";

/** The same elements in the same order, under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (product(x.shape) !== product(shape)) {
    throw misfit("reshape", `cannot become ${showShape(shape)}`, x);
  }
  return x.graph.emitOne({
    op: "Reshape",
    inputs: [x, reshapeTarget(x, shape)],
    type: x.type,
    shape,
    gradient: ([dy]) => [reshape(dy!, x.shape), null],
  });
}

/** ONNX's -1 (whatever remains) and 0 (as it was) spare the runtime the reading of sizes. */
function reshapeTarget(x: Tensor, shape: Shape): Tensor {
  const target = shape.map((size, axis) =>
    typeof size === "number" ? size : size === x.shape[axis] ? 0 : -1,
  );
  const open = target.filter((size) => size === -1).length;
  if (open > 1 || shape.includes(0)) return x.graph.shapeVector(shape);
  return x.graph.constant(BigInt64Array.from(target, BigInt), [shape.length]);
}

/** The axes in another order: axis `i` of the result is axis `order[i]`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (order.toSorted((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join()) {
    throw misfit("transpose", `[${order.join(", ")}] is no order of the axes`, x);
  }
  return x.graph.emitOne({
    op: "Transpose",
    inputs: [x],
    attributes: { perm: { ints: order } },
    type: x.type,
    shape: order.map((axis) => x.shape[axis]!),
    gradient: ([dy]) => [
      transpose(
        dy!,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ],
  });
}

/** One position of an axis; the axis goes. */
export function take(x: Tensor, axis: number, index: number): Tensor {
  const at = axisOf("take", x, axis);
  const size = x.shape[at]!;
  if (!Number.isInteger(index) || index < 0 || (typeof size === "number" && index >= size))
    throw misfit("take", `no position ${index}`, x);
  return x.graph.emitOne({
    op: "Gather",
    inputs: [x, x.graph.constant(BigInt64Array.of(BigInt(index)), [])],
    attributes: { axis: { int: at } },
    type: x.type,
    shape: x.shape.toSpliced(at, 1),
    gradient: ([dy]) => [placeAt(reshape(dy!, x.shape.toSpliced(at, 1, 1)), at, index, size), null],
  });
}

/** Zeros but for one position of an axis. The inverse of `take`. */
function placeAt(x: Tensor, axis: number, index: number, size: Size): Tensor {
  const { graph } = x;
  const index1 = graph.constant(BigInt64Array.of(BigInt(index)), [1]);
  const after = graph.emitOne({
    op: "Sub",
    inputs: [graph.sizeVector(size), graph.constant(BigInt64Array.of(BigInt(index + 1)), [1])],
    type: "int64",
    shape: [1],
  });
  const zeros = (rank: number) => (rank === 0 ? [] : [graph.constant(new BigInt64Array(rank), [rank])]);
  const rest = x.shape.length - axis - 1;
  const pads = graph.emitOne({
    op: "Concat",
    inputs: [...zeros(axis), index1, ...zeros(rest), ...zeros(axis), after, ...zeros(rest)],
    attributes: { axis: { int: 0 } },
    type: "int64",
    shape: [2 * x.shape.length],
  });
  return graph.emitOne({
    op: "Pad",
    inputs: [x, pads],
    type: x.type,
    shape: x.shape.toSpliced(axis, 1, size),
    gradient: ([dy]) => [reshape(take(dy!, axis, index), x.shape), null],
  });
}

/** Side by side along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (first === undefined) throw new UserError({ subject: "concat", problem: "nothing to join" });
  const at = axisOf("concat", first, axis);
  const wrong = parts.find(({ shape }) => !sameShape(shape.toSpliced(at, 1), first.shape.toSpliced(at, 1)));
  if (wrong !== undefined) throw misfit("concat", `shapes differ beside axis ${at}`, first, wrong);
  const sizes = parts.map(({ shape }) => shape[at]!);
  if (!sizes.every((size) => typeof size === "number")) {
    throw misfit("concat", `sizes along axis ${at} must be numbers`, ...parts);
  }
  return first.graph.emitOne({
    op: "Concat",
    inputs: parts,
    attributes: { axis: { int: at } },
    type: first.type,
    shape: first.shape.toSpliced(
      at,
      1,
      sizes.reduce((a, b) => a + b, 0),
    ),
    gradient: ([dy]) => split(dy!, at, sizes),
  });
}

/** Parts of these sizes along an axis. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const at = axisOf("split", x, axis);
  if (sizes.reduce((a, b) => a + b, 0) !== x.shape[at]) {
    throw misfit("split", `parts of ${sizes.join(" + ")} along axis ${at}`, x);
  }
  if (sizes.length === 1) return [x];
  return x.graph.emit({
    op: "Split",
    inputs: [x, x.graph.constant(BigInt64Array.from(sizes, BigInt), [sizes.length])],
    attributes: { axis: { int: at } },
    outputs: sizes.map((size) => ({ type: x.type, shape: x.shape.toSpliced(at, 1, size) })),
    gradient: (parts) => [
      concat(
        parts.map((part, i) => part ?? zeros(x, x.shape.toSpliced(at, 1, sizes[i]!))),
        at,
      ),
      null,
    ],
  });
}

function zeros({ graph, type }: Tensor, shape: Shape): Tensor {
  return graph.emitOne({ op: "ConstantOfShape", inputs: [graph.shapeVector(shape)], type, shape });
}
