/** What stands on the encoder: one number a label, or one a choice. */

import type { Tensor } from "../../../autograd/graph.js";
import * as ops from "../../../autograd/ops.js";
import type { HeadPlan } from "../checkpoint/head.js";
import type { ParameterOf } from "./encoder-graph.js";

const activations = { tanh: ops.tanh, relu: ops.relu, gelu: ops.gelu };

/** @param first the first token's state, [sequences, width] @returns [sequences, outputs] */
export function traceHead(plan: HeadPlan, first: Tensor, parameter: ParameterOf): Tensor {
  const dense = (x: Tensor, name: string) =>
    ops.linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
  const pooled = activations[plan.activation](dense(ops.dropout(first, plan.dropoutBefore), "head.pooler"));
  return dense(ops.dropout(pooled, plan.dropoutAfter), "head.classifier");
}
