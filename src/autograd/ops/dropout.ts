/** Dropout (Srivastava et al. 2014). */

import { UserError } from "../../core/errors.js";
import type { Tensor } from "../graph.js";
import { multiply } from "./elementwise.js";

/**
 * In training, each element is 0 with probability `rate`, else divided by 1 - rate; otherwise x as it is. The numbers come
 * from outside with each run (`Graph.mask`), so that a step generates none.
 */
export function dropout(x: Tensor, rate: number): Tensor {
  if (!(rate >= 0 && rate < 1))
    throw new UserError({ subject: "dropout", problem: "rate must be in [0, 1)", value: rate });
  return x.graph.training && rate > 0 ? multiply(x, x.graph.mask(x.shape, rate)) : x;
}
