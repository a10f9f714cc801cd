/** `alidade/train`: trainers, and training into a run. */

export { command } from "./command/trainer.js";
export { encoder } from "./encoder/trainer.js";
export { features } from "./features/trainer.js";
export { heldOut } from "./held-out.js";
export { parseMapLabels, type LabelMapping } from "./map-labels.js";
export { ngram } from "./ngram/trainer.js";
export { builtInTrainers, findTrainer } from "./registry.js";
export { resumeTraining } from "./resume.js";
export type { ResumeTrainingOptions } from "./resume-with.js";
export { ortRuntime, type OrtOptions } from "./ort-runtime.js";
export { predictLabels, scorePredictions, type Scores } from "./score.js";
export type { TestScores } from "./test-recorder.js";
export { train } from "./train.js";
export type { TestSet, TrainOptions, TrainResult } from "./train-options.js";
export type {
  Capabilities,
  Epoch,
  LogitsBatch,
  PlannedUse,
  Predictor,
  Protocol,
  Trainer,
  TrainerOptions,
  Training,
  TrainRequest,
} from "./trainer.js";
