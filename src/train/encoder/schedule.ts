/** The optimizer that the options ask for. */

import { clipByGlobalNorm } from "../../autograd/optimizers/clip.js";
import { adamw } from "../../autograd/optimizers/recipes.js";
import { linearRate } from "../../autograd/optimizers/schedule.js";
import { chain, type Transform } from "../../autograd/optimizers/transform.js";
import type { EncoderOptions } from "./options.js";

/** AdamW behind clipping. @param total updates planned */
export function optimizerOf(options: EncoderOptions, total: number): Transform {
  const { learningRate: peak, schedule, warmup, clip, weightDecay: decay, beta1, beta2, epsilon } = options;
  const rises = Math.ceil(warmup * total);
  const falls = linearRate({ peak, total, warmup: rises });
  const rate = schedule === "linear" ? falls : (before: number) => (before < rises ? falls(before) : peak);
  const adam = adamw(rate, { beta1, beta2, epsilon, decay });
  return clip === 0 ? adam : chain(clipByGlobalNorm(clip), adam);
}
