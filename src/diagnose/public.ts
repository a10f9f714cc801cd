/** `alidade/diagnose`: known noise, suspects, review. */

export { injectNoise, type FlipPool, type NoiseOptions, type NoisyDataset } from "./noise/inject.js";
export { filePool, regionPool, secondChoices } from "./noise/pools.js";
export { readTransitionMatrix, type TransitionMatrix } from "./noise/transition-matrix.js";
export { matchTruth, readTruth, writeTruth, type NoiseTruth, type RowTruth } from "./noise/truth.js";
