/** All operations. Each stands beside its gradient; tests hold every one of them to finite differences. */

export { attention } from "./ops/attention.js";
export { dropout } from "./ops/dropout.js";
export {
  add,
  divide,
  erf,
  exp,
  gelu,
  geluTanh,
  log,
  multiply,
  negate,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  subtract,
  tanh,
} from "./ops/elementwise.js";
export { concat, reshape, split, take, transpose } from "./ops/layout.js";
export { mean } from "./ops/mean.js";
export { layerNorm } from "./ops/normalisation.js";
export { linear, matmul } from "./ops/products.js";
export { broadcastTo, sum } from "./ops/reduce.js";
export { logSoftmax, softmax } from "./ops/softmax.js";
