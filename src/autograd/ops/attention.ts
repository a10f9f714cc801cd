/** Scaled dot-product attention (Vaswani et al. 2017). */

import type { Tensor } from "../graph.js";
import { add, multiply, subtract } from "./elementwise.js";
import { misfit } from "./fail.js";
import { matmul } from "./products.js";
import { sum, sumTo } from "./reduce.js";
import { softmax } from "./softmax.js";

export interface AttentionOptions {
  /** Added to the scores: 0 where a query may look, a large negative number where not. Broadcasts to [batch, heads, queries, keys]. */
  readonly bias?: Tensor;
  /** Dropout of the attention's weights. Default: 0. */
  readonly dropout?: number;
}

/**
 * softmax(Q K' / sqrt(d) + bias) V for each head.
 *
 * @param queries [batch, heads, queries, d]
 * @param keys [batch, heads, keys, d]
 * @param values [batch, heads, keys, d]
 */
export function attention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const { bias, dropout = 0 } = options;
  const width = queries.shape.at(-1);
  if (typeof width !== "number") throw misfit("attention", "the last axis needs a number", queries);
  const scale = 1 / Math.sqrt(width);
  const scores = matmul(queries, keys, { transposeB: true, scale });
  const weights = softmax(bias === undefined ? scores : add(scores, bias));
  const { graph } = queries;
  const mask = graph.training && dropout > 0 ? graph.mask(weights.shape, dropout) : null;
  const dropped = mask === null ? weights : multiply(weights, mask);
  const mixed = matmul(dropped, values);
  const bent = bias === undefined ? [] : [bias];
  return graph.override(mixed, [queries, keys, values, ...bent], ([dy]) => {
    const all = matmul(dy!, values, { transposeB: true });
    const dWeights = mask === null ? all : multiply(all, mask);
    // Softmax's gradient wants the sum of dWeights * weights over the keys. It equals the sum of dy * mixed over d, which is
    // shorter (Dao et al. 2022, appendix B).
    const inner = sum(multiply(dy!, mixed), { axes: [-1], keep: true });
    const dScores = multiply(weights, subtract(dWeights, inner));
    return [
      matmul(dScores, keys, { scale }),
      matmul(dScores, queries, { transposeA: true, scale }),
      matmul(dropped, dy!, { transposeA: true }),
      ...bent.map(({ shape }) => sumTo(dScores, shape)),
    ];
  });
}
