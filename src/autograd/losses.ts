/** Losses: one number an example, for `mean` to make one of. */

import { UserError } from "../core/errors.js";
import type { Tensor } from "./graph.js";
import { add, exp, multiply, negate, relu, sigmoid, sign, softplus, subtract } from "./ops/elementwise.js";
import { misfit } from "./ops/fail.js";
import { reshape } from "./ops/layout.js";
import { mean } from "./ops/mean.js";
import { sum } from "./ops/reduce.js";
import { logSoftmax } from "./ops/softmax.js";
import { sameShape } from "./shape.js";

export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over the labels (Szegedy et al. 2016). Default: 0. */
  readonly smoothing?: number;
}

/**
 * -sum over labels of target times log softmax(logits), nats.
 *
 * @param logits [batch, labels]
 * @param target the label's number from 0, int32 [batch], or a distribution over the labels, [batch, labels]; a number outside the labels is
 *   not noticed, and gives a loss of 0. No gradient flows to it
 * @returns [batch]
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  target: Tensor,
  { smoothing = 0 }: CrossEntropyOptions = {},
): Tensor {
  const [batch, labels] = logits.shape;
  if (logits.shape.length !== 2 || typeof labels !== "number") {
    throw misfit("softmaxCrossEntropy", "logits must be [batch, labels]", logits);
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new UserError({
      subject: "softmaxCrossEntropy",
      problem: "smoothing must be in [0, 1)",
      value: smoothing,
    });
  }
  const wanted = target.type === "float32" ? [batch!, labels] : [batch!];
  if (!sameShape(target.shape, wanted))
    throw misfit("softmaxCrossEntropy", "the target does not fit", logits, target);
  const sharp = target.type === "float32" ? target : oneHot(target, labels);
  const smooth = smoothing === 0 ? sharp : add(multiply(sharp, 1 - smoothing), smoothing / labels);
  const logProbabilities = logSoftmax(logits);
  const losses = negate(sum(multiply(logProbabilities, smooth), { axes: [1] }));
  // A target sums to 1, so that the gradient is the probabilities less the target.
  return logits.graph.override(losses, [logits], ([dy]) => [
    multiply(subtract(exp(logProbabilities), smooth), reshape(dy!, [batch!, 1])),
  ]);
}

/** 1 at the label's number, 0 elsewhere: int32 [batch] gives [batch, labels]. No gradient flows. */
function oneHot(label: Tensor, labels: number): Tensor {
  const { graph } = label;
  const shape = [label.shape[0]!, labels];
  const equal = graph.emitOne({
    op: "Equal",
    inputs: [
      reshape(label, [label.shape[0]!, 1]),
      graph.constant(
        Int32Array.from({ length: labels }, (_, i) => i),
        [labels],
      ),
    ],
    type: "bool",
    shape,
  });
  return graph.emitOne({ op: "Cast", inputs: [equal], attributes: { to: { int: 1 } }, shape });
}

/**
 * -target log sigmoid(logit) - (1 - target) log (1 - sigmoid(logit)), nats, without overflow.
 *
 * @param logits of any shape
 * @param target of the same, in [0, 1]
 */
export function binaryCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  if (!sameShape(logits.shape, target.shape))
    throw misfit("binaryCrossEntropy", "shapes differ", logits, target);
  const size = multiply(logits, sign(logits));
  const losses = add(subtract(relu(logits), multiply(logits, target)), softplus(negate(size)));
  return logits.graph.override(losses, [logits], ([dy]) => [
    multiply(dy!, subtract(sigmoid(logits), target)),
  ]);
}

/** (prediction - target)^2. */
export function squaredError(prediction: Tensor, target: Tensor): Tensor {
  if (!sameShape(prediction.shape, target.shape))
    throw misfit("squaredError", "shapes differ", prediction, target);
  const difference = subtract(prediction, target);
  return multiply(difference, difference);
}

/** The mean of (prediction - target)^2 over all elements. */
export function meanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  return mean(squaredError(prediction, target));
}
