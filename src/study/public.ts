/** `alidade/study`: select, retrain, test; many times, resumably. */

export { armName } from "./arm-name.js";
export type { BuiltInStudy, StudyInputs } from "./built-in/built-in.js";
export type { FoundTable } from "./built-in/findings.js";
export * as builtInStudies from "./built-ins.js";
export { cellState } from "./cell-state.js";
export type { Change } from "./changes.js";
export type { StudyManifest } from "./manifest.js";
export type { PlanLine, StudyPlan } from "./plan.js";
export { defaultPrimary } from "./primary.js";
export type { ArmProgress, StudyProgress } from "./progress.js";
export { readStudy, type StoredStudy } from "./read-study.js";
export type { CellResult, CellState, StudyResults, TestClusters, TestKind, TestOutcomes } from "./results.js";
export { wholeGrid, type FinishedRound, type NextRound, type Round } from "./round.js";
export { runStudy, type Planned, type RunStudyOptions, type StudyOutcome } from "./run-study.js";
export { parseStudy, readStudyFile } from "./spec-file.js";
export {
  defaultExecution,
  defaultSeeds,
  type ArmSpec,
  type Budget,
  type DataSpec,
  type ExecutionSpec,
  type MapSpec,
  type PrimaryComparison,
  type ReadSpec,
  type StudySpec,
  type TestSpec,
  type TrainerSpec,
} from "./spec.js";
export { studyStatus, type StudyStatus } from "./status.js";
export type { CellStep, MapStep, Plain, PlannedTrainer, SelectionStep, Step, StepInputs } from "./step.js";
export type { Study } from "./study.js";
