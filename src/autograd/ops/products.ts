/** Matrix products. */

import type { Tensor } from "../graph.js";
import { broadcast, product, type Shape, type Size } from "../shape.js";
import { expectFloats, misfit } from "./fail.js";
import { reshape } from "./layout.js";
import { broadcastTo, sumTo } from "./reduce.js";

export interface MatmulOptions {
  /** Whether the last two axes of the first operand are exchanged. Default: no. */
  readonly transposeA?: boolean;
  /** The same of the second. Default: no. */
  readonly transposeB?: boolean;
  /** A factor of the product, at no cost. Default: 1. */
  readonly scale?: number;
}

/**
 * The matrix product of the last two axes, the axes before them broadcast: [..., m, k] x [..., k, n] gives [..., m, n].
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  expectFloats("matmul", a, b);
  if (a.shape.length < 2 || b.shape.length < 2) throw misfit("matmul", "operands need two axes", a, b);
  const [m, inner] = lastTwo(a.shape, transposeA);
  const [innerB, n] = lastTwo(b.shape, transposeB);
  if (inner !== innerB) {
    const how = transposeA || transposeB ? " (after transposing)" : "";
    throw misfit("matmul", `inner sizes ${inner} and ${innerB} differ${how}`, a, b);
  }
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (batch === null) throw misfit("matmul", "axes before the last two do not broadcast", a, b);
  return a.graph.emitOne({
    op: "FusedMatMul",
    domain: "com.microsoft",
    inputs: [a, b],
    attributes: {
      transA: { int: transposeA ? 1 : 0 },
      transB: { int: transposeB ? 1 : 0 },
      alpha: { float: scale },
    },
    shape: [...batch, m, n],
    gradient: ([dy]) => [
      sumTo(
        transposeA
          ? matmul(b, dy!, { transposeA: transposeB, transposeB: true, scale })
          : matmul(dy!, b, { transposeB: !transposeB, scale }),
        a.shape,
      ),
      sumTo(
        transposeB
          ? matmul(dy!, a, { transposeA: true, transposeB: transposeA, scale })
          : matmul(a, dy!, { transposeA: !transposeA, scale }),
        b.shape,
      ),
    ],
  });
}

function lastTwo(shape: Shape, exchanged: boolean): readonly [Size, Size] {
  const [first, second] = shape.slice(-2) as [Size, Size];
  return exchanged ? [second, first] : [first, second];
}

/**
 * x W' + b on the last axis: [..., inputs] gives [..., outputs].
 *
 * @param weight [outputs, inputs], as PyTorch keeps it
 * @param bias [outputs]
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [outputs, inputs] = weight.shape;
  expectFloats("linear", x, weight, bias);
  if (weight.shape.length !== 2 || x.shape.at(-1) !== inputs) {
    throw misfit("linear", "the weight is not [outputs, inputs] of this operand", x, weight);
  }
  if (bias.shape.length !== 1 || bias.shape[0] !== outputs) {
    throw misfit("linear", "the bias is not [outputs] of this weight", weight, bias);
  }
  const flat = reshape(x, [product(x.shape.slice(0, -1)), inputs!]);
  return reshape(gemm(flat, weight, bias), [...x.shape.slice(0, -1), outputs!]);
}

/** One operator for product and bias: the product is added to the bias instead of the bias to the product. */
function gemm(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return x.graph.emitOne({
    op: "Gemm",
    inputs: [x, weight, bias],
    attributes: { transB: { int: 1 } },
    shape: [x.shape[0]!, weight.shape[0]!],
    gradient: ([dy]) => [matmul(dy!, weight), matmul(dy!, x, { transposeA: true }), sumRows(dy!)],
  });
}

/**
 * The sum of a matrix's rows, [rows, columns] to [columns]: a product with a row of ones, which the runtime computes faster
 * than its ReduceSum.
 */
export function sumRows(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  const ones = broadcastTo(x.graph.scalar(1), [1, rows!]);
  return reshape(matmul(ones, x), [columns!]);
}
