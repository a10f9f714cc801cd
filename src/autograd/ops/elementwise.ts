/** Element by element, broadcasting as in NumPy. */

import type { Graph, Tensor } from "../graph.js";
import { broadcast } from "../shape.js";
import { expectFloats, misfit } from "./fail.js";
import { sumTo } from "./reduce.js";

export type Operand = Tensor | number;

function tensors(a: Operand, b: Operand): [Tensor, Tensor] {
  const graph: Graph = typeof a === "number" ? (b as Tensor).graph : a.graph;
  return [typeof a === "number" ? graph.scalar(a) : a, typeof b === "number" ? graph.scalar(b) : b];
}

function binary(
  op: string,
  word: string,
  a: Operand,
  b: Operand,
  gradient: (dy: Tensor, a: Tensor, b: Tensor) => readonly [() => Tensor, () => Tensor],
): Tensor {
  const [left, right] = tensors(a, b);
  expectFloats(word, left, right);
  const shape = broadcast(left.shape, right.shape);
  if (shape === null) throw misfit(word, "shapes do not broadcast", left, right);
  return left.graph.emitOne({
    op,
    inputs: [left, right],
    shape,
    gradient: ([dy]) => {
      const [da, db] = gradient(dy!, left, right);
      return [
        typeof a === "number" ? null : sumTo(da(), left.shape),
        typeof b === "number" ? null : sumTo(db(), right.shape),
      ];
    },
  });
}

/** a + b. */
export function add(a: Operand, b: Operand): Tensor {
  return binary("Add", "add", a, b, (dy) => [() => dy, () => dy]);
}

/** a - b. */
export function subtract(a: Operand, b: Operand): Tensor {
  return binary("Sub", "subtract", a, b, (dy) => [() => dy, () => negate(dy)]);
}

/** a b. */
export function multiply(a: Operand, b: Operand): Tensor {
  return binary("Mul", "multiply", a, b, (dy, x, y) => [() => multiply(dy, y), () => multiply(dy, x)]);
}

/** a / b. */
export function divide(a: Operand, b: Operand): Tensor {
  return binary("Div", "divide", a, b, (dy, x, y) => [
    () => divide(dy, y),
    () => negate(divide(multiply(dy, divide(x, y)), y)),
  ]);
}

function unary(op: string, x: Tensor, derivative: (y: Tensor, dy: Tensor) => Tensor): Tensor {
  expectFloats(op.toLowerCase(), x);
  const y: Tensor = x.graph.emitOne({
    op,
    inputs: [x],
    shape: x.shape,
    gradient: ([dy]) => [derivative(y, dy!)],
  });
  return y;
}

/** -x. */
export function negate(x: Tensor): Tensor {
  return unary("Neg", x, (_, dy) => negate(dy));
}

/** e^x. */
export function exp(x: Tensor): Tensor {
  return unary("Exp", x, (y, dy) => multiply(dy, y));
}

/** The natural logarithm. */
export function log(x: Tensor): Tensor {
  return unary("Log", x, (_, dy) => divide(dy, x));
}

/** The square root. */
export function sqrt(x: Tensor): Tensor {
  return unary("Sqrt", x, (y, dy) => divide(multiply(dy, 0.5), y));
}

/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export function erf(x: Tensor): Tensor {
  const logHeight = Math.log(2 / Math.sqrt(Math.PI));
  return unary("Erf", x, (_, dy) => multiply(dy, exp(subtract(logHeight, multiply(x, x)))));
}

/** The hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return unary("Tanh", x, (y, dy) => multiply(dy, subtract(1, multiply(y, y))));
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Tensor): Tensor {
  return unary("Sigmoid", x, (y, dy) => multiply(dy, multiply(y, subtract(1, y))));
}

/** max(x, 0). Its derivative at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return unary("Relu", x, (y, dy) => multiply(dy, sign(y)));
}

/** -1, 0 or 1; no gradient flows. */
export function sign(x: Tensor): Tensor {
  return x.graph.emitOne({ op: "Sign", inputs: [x], shape: x.shape });
}

/** log(1 + e^x), without overflow. */
export function softplus(x: Tensor): Tensor {
  return unary("Softplus", x, (_, dy) => multiply(dy, sigmoid(x)));
}

/**
 * x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016). Its derivative is Phi(x) + x phi(x).
 */
export function gelu(x: Tensor): Tensor {
  return unary("Gelu", x, (_, dy) => {
    const scaled = multiply(x, Math.SQRT1_2);
    const probability = multiply(add(erf(scaled), 1), 0.5);
    // The height of the density stands in the exponent, where it costs no pass of its own.
    const density = exp(subtract(-0.5 * Math.log(2 * Math.PI), multiply(scaled, scaled)));
    return multiply(dy, add(probability, multiply(x, density)));
  });
}

/** The approximation of gelu by tanh: "gelu_new" of GPT-2 and of some BERT checkpoints. */
export function geluTanh(x: Tensor): Tensor {
  const inner = multiply(multiply(x, add(multiply(multiply(x, x), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanh(inner), 1));
}
