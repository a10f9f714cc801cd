/** Named optimizers, each a line of composition. */

import { scaleByAdam, type AdamOptions } from "./adam.js";
import { addDecayedWeights } from "./decay.js";
import { trace } from "./momentum.js";
import { scaleByLearningRate, type Rate } from "./schedule.js";
import { chain, type Transform } from "./transform.js";

/** Stochastic gradient descent. @param options momentum: default 0 */
export function sgd(rate: Rate, { momentum = 0 }: { readonly momentum?: number } = {}): Transform {
  return momentum === 0 ? scaleByLearningRate(rate) : chain(trace(momentum), scaleByLearningRate(rate));
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). @param options decay: default 0.01 */
export function adamw(rate: Rate, options: AdamOptions & { readonly decay?: number } = {}): Transform {
  return chain(scaleByAdam(options), addDecayedWeights(options.decay ?? 0.01), scaleByLearningRate(rate));
}
