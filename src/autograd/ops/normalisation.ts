/** Layer normalisation (Ba et al. 2016). */

import type { Tensor } from "../graph.js";
import { product, type Size } from "../shape.js";
import { multiply, subtract } from "./elementwise.js";
import { misfit } from "./fail.js";
import { reshape } from "./layout.js";
import { matmul, sumRows } from "./products.js";

/**
 * Each vector along the last axis, less its mean, over its standard deviation, times `scale`, plus `shift`.
 *
 * @param scale [width]
 * @param shift [width]
 * @param epsilon added to the variance
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  const width = x.shape.at(-1);
  if (typeof width !== "number") throw misfit("layerNorm", "the last axis needs a number", x);
  for (const one of [scale, shift]) {
    if (one.shape.length !== 1 || one.shape[0] !== width)
      throw misfit("layerNorm", `expects [${width}]`, x, one);
  }
  const rows = product(x.shape.slice(0, -1));
  return reshape(normalise(reshape(x, [rows, width]), scale, shift, width, rows, epsilon), x.shape);
}

function normalise(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  width: number,
  rows: Size,
  epsilon: number,
): Tensor {
  const [y, mean, inverseDeviation] = x.graph.emit({
    op: "LayerNormalization",
    inputs: [x, scale, shift],
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    outputs: [{ shape: x.shape }, { shape: [rows, 1] }, { shape: [rows, 1] }],
    gradient: ([dy]) => {
      const normalised = multiply(subtract(x, mean), inverseDeviation);
      const product = multiply(dy!, normalised);
      // Means along a row of dy * scale and of dy * scale * normalised: products with the column `scale`, no pass of their own.
      const column = reshape(scale, [width, 1]);
      const meanGradient = matmul(dy!, column, { scale: 1 / width });
      const meanProduct = matmul(product, column, { scale: 1 / width });
      const centred = subtract(
        subtract(multiply(dy!, scale), meanGradient),
        multiply(normalised, meanProduct),
      );
      return [multiply(centred, inverseDeviation), sumRows(product), sumRows(dy!)];
    },
  }) as [Tensor, Tensor, Tensor];
  return y;
}
