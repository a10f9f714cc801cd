/** `alidade/autograd`: training graphs. Trace a model once, and a runtime trains it at native speed. */

export * as ops from "./ops.js";
export { compile, type Compiled, type CompileOptions, type Result, type TrainingState } from "./compile.js";
export { gradients } from "./gradients.js";
export { Graph, type ElementType, type Tensor } from "./graph.js";
export {
  binaryCrossEntropy,
  meanSquaredError,
  softmaxCrossEntropy,
  squaredError,
  type CrossEntropyOptions,
} from "./losses.js";
export type { ArrayInput, Batch, Input, LookupInput, Model, Parameter, Scope, Traced } from "./model.js";
export { encode } from "./onnx.js";
export { scaleByAdam, type AdamOptions } from "./optimizers/adam.js";
export { clipByGlobalNorm } from "./optimizers/clip.js";
export { addDecayedWeights } from "./optimizers/decay.js";
export { trace } from "./optimizers/momentum.js";
export { adamw, sgd } from "./optimizers/recipes.js";
export { linearRate, scaleByLearningRate, type LinearOptions, type Rate } from "./optimizers/schedule.js";
export { chain, type Moment, type Stretch, type Transform } from "./optimizers/transform.js";
export type { Program, Runtime, Value } from "./runtime.js";
export { product, type Shape, type Size } from "./shape.js";
