import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as losses from "../../src/autograd/losses.js";
import * as ops from "../../src/autograd/ops.js";
import { broadcast } from "../../src/autograd/shape.js";
import type { Tensor } from "../../src/autograd/graph.js";
import { awayFromZero, checkGradient, positive, type Operand } from "./check-gradient.js";

interface Case {
  readonly operands: readonly Operand[];
  readonly operation: (...inputs: Tensor[]) => Tensor;
  readonly training?: boolean;
}

const size = fc.integer({ min: 1, max: 5 });
const shape = fc.array(size, { minLength: 1, maxLength: 4 });

/** Two shapes that broadcast: some axes of one are 1 or missing. */
const broadcasting = fc
  .tuple(
    shape,
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 0, max: 2 }),
    fc.boolean(),
  )
  .map(([full, ones, missing, swapped]): [number[], number[]] => {
    const other = full.map((one, axis) => (ones[axis]! ? 1 : one)).slice(Math.min(missing, full.length - 1));
    return swapped ? [other, full] : [full, other];
  });

const elementwise = (operation: (x: Tensor) => Tensor, draw?: Operand["draw"]) =>
  shape.map((one): Case => ({
    operands: [draw === undefined ? { shape: one } : { shape: one, draw }],
    operation,
  }));

const pairwise = (operation: (a: Tensor, b: Tensor) => Tensor, draw?: Operand["draw"]) =>
  broadcasting.map(([a, b]): Case => ({
    operands: [{ shape: a }, draw === undefined ? { shape: b } : { shape: b, draw }],
    operation: operation,
  }));

const someAxes = shape.chain((one) =>
  fc.tuple(
    fc.constant(one),
    fc.subarray(
      one.map((_, axis) => axis),
      { minLength: 1 },
    ),
    fc.boolean(),
  ),
);

/** Every operation, by its own name, at random shapes. */
const cases: Record<Exclude<keyof typeof ops, "sign">, fc.Arbitrary<Case>> = {
  add: pairwise(ops.add),
  subtract: pairwise(ops.subtract),
  multiply: pairwise(ops.multiply),
  divide: pairwise(ops.divide, awayFromZero),
  negate: elementwise(ops.negate),
  exp: elementwise(ops.exp),
  log: elementwise(ops.log, positive),
  sqrt: elementwise(ops.sqrt, positive),
  erf: elementwise(ops.erf),
  tanh: elementwise(ops.tanh),
  sigmoid: elementwise(ops.sigmoid),
  relu: elementwise(ops.relu, awayFromZero),
  softplus: elementwise(ops.softplus),
  gelu: elementwise(ops.gelu),
  geluTanh: elementwise(ops.geluTanh),
  softmax: elementwise(ops.softmax),
  logSoftmax: elementwise(ops.logSoftmax),
  sum: someAxes.map(([one, axes, keep]): Case => ({
    operands: [{ shape: one }],
    operation: (x) => ops.sum(x, { axes, keep }),
  })),
  mean: someAxes.map(([one, axes, keep]): Case => ({
    operands: [{ shape: one }],
    operation: (x) => ops.mean(x, { axes, keep }),
  })),
  broadcastTo: broadcasting.map(([a, b]): Case => {
    const full = broadcast(a, b)!;
    return { operands: [{ shape: a }], operation: (x) => ops.broadcastTo(x, full) };
  }),
  reshape: shape.map((one): Case => ({
    operands: [{ shape: one }],
    operation: (x) => ops.reshape(x, [1, one.reduce((a, b) => a * b, 1)]),
  })),
  transpose: shape.chain((one) =>
    fc
      .shuffledSubarray(
        one.map((_, axis) => axis),
        { minLength: one.length },
      )
      .map((order): Case => ({ operands: [{ shape: one }], operation: (x) => ops.transpose(x, order) })),
  ),
  take: shape.chain((one) =>
    fc.nat(one.length - 1).chain((axis) =>
      fc.nat(one[axis]! - 1).map((index): Case => ({
        operands: [{ shape: one }],
        operation: (x) => ops.take(x, axis, index),
      })),
    ),
  ),
  concat: fc.tuple(shape, size).chain(([one, other]) =>
    fc.nat(one.length - 1).map((axis): Case => ({
      operands: [{ shape: one }, { shape: one.toSpliced(axis, 1, other) }],
      operation: (a, b) => ops.concat([a, b], axis),
    })),
  ),
  split: fc.tuple(shape, size, size).chain(([one, a, b]) =>
    fc.nat(one.length - 1).map((axis): Case => ({
      operands: [{ shape: one.toSpliced(axis, 1, a + b) }],
      operation: (x) =>
        ops.concat([ops.multiply(ops.split(x, axis, [a, b])[1]!, 2), ops.split(x, axis, [a, b])[0]!], axis),
    })),
  ),
  matmul: fc
    .tuple(broadcasting, size, size, size, fc.boolean(), fc.boolean())
    .map(([[a, b], m, k, n, transposeA, transposeB]): Case => ({
      operands: [
        { shape: [...a.slice(-2), ...(transposeA ? [k, m] : [m, k])] },
        { shape: [...b.slice(-2), ...(transposeB ? [n, k] : [k, n])] },
      ],
      operation: (x, y) => ops.matmul(x, y, { transposeA, transposeB, scale: 0.5 }),
    })),
  linear: fc.tuple(shape, size).map(([one, outputs]): Case => ({
    operands: [{ shape: one }, { shape: [outputs, one.at(-1)!] }, { shape: [outputs] }],
    operation: (x, weight, bias) => ops.linear(x, weight, bias),
  })),
  layerNorm: fc.tuple(shape, fc.integer({ min: 2, max: 6 })).map(([one, width]): Case => ({
    operands: [{ shape: [...one, width] }, { shape: [width] }, { shape: [width] }],
    // An epsilon of the size of the variance: without it a row of nearly equal numbers has a derivative without bound.
    operation: (x, scale, shift) => ops.layerNorm(x, scale, shift, 0.5),
  })),
  dropout: shape.map((one): Case => ({
    operands: [{ shape: one }],
    operation: (x) => ops.dropout(x, 0.4),
    training: true,
  })),
  attention: fc
    .tuple(size, size, size, size, size, fc.boolean())
    .map(([batch, heads, queries, keys, width, training]): Case => ({
      operands: [
        { shape: [batch, heads, queries, width] },
        { shape: [batch, heads, keys, width] },
        { shape: [batch, heads, keys, width] },
      ],
      operation: (q, k, v) => ops.attention(q, k, v, { dropout: 0.3 }),
      training,
    })),
};

/** Losses: the target comes as an operand and is made a distribution or a share where it must be one. */
const lossCases: Record<string, fc.Arbitrary<Case>> = {
  "softmaxCrossEntropy, of labels": fc
    .tuple(size, size, fc.constantFrom(0, 0.1))
    .map(([batch, labels, smoothing]): Case => ({
      operands: [{ shape: [batch, labels] }],
      operation: (logits) =>
        losses.softmaxCrossEntropy(
          logits,
          logits.graph.constant(
            Int32Array.from({ length: batch }, (_, i) => (i * 3) % labels),
            [batch],
          ),
          { smoothing },
        ),
    })),
  "softmaxCrossEntropy, of distributions": fc.tuple(size, size).map(([batch, labels]): Case => ({
    operands: [{ shape: [batch, labels] }],
    operation: (logits) =>
      losses.softmaxCrossEntropy(
        logits,
        logits.graph.constant(
          Float32Array.from({ length: batch * labels }, () => 1 / labels),
          [batch, labels],
        ),
      ),
  })),
  binaryCrossEntropy: shape.map((one): Case => ({
    operands: [{ shape: one }],
    operation: (logits) => losses.binaryCrossEntropy(logits, ops.broadcastTo(logits.graph.scalar(0.3), one)),
  })),
  meanSquaredError: shape.map((one): Case => ({
    operands: [{ shape: one }, { shape: one }],
    operation: (a, b) => losses.meanSquaredError(a, b),
  })),
};

describe("the gradient of", () => {
  for (const [name, arbitrary] of Object.entries({ ...cases, ...lossCases })) {
    it(`${name} is that of finite differences`, async () => {
      await fc.assert(
        fc.asyncProperty(
          arbitrary,
          fc.integer({ min: 0, max: 1e6 }),
          async ({ operands, operation, training = false }, seed) => {
            await checkGradient(operands, operation, { seed, training });
          },
        ),
        { numRuns: 12 },
      );
    });
  }

  it("covers every operation; sign has none", () => {
    expect(Object.keys(cases).concat("sign").toSorted()).toEqual(Object.keys(ops).toSorted());
  });
});
