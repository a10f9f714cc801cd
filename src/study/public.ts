/** `alidade/study`: select, retrain, test; many times, resumably. */

export { analyse, type Analysis, type AnalysisOptions, type ArmScore } from "./results/analysis.js";
export { armName } from "./spec/arm-name.js";
export type { BuiltInStudy, StudyInputs } from "./built-in/built-in.js";
export type { FoundTable } from "./built-in/findings.js";
export * as builtInStudies from "./built-ins.js";
export { cellState } from "./results/cell-state.js";
export { readAgreementFacts, type AgreementFacts } from "./claims/agreement-facts.js";
export { readClaims, type Claim, type ClaimsFile } from "./claims/claims-file.js";
export { claimsPage } from "./claims/claims-page.js";
export { decideClaims, type DecidedStudy } from "./claims/decide-claim.js";
export type { ClaimDecision, ClaimVerdict, Evidence } from "./claims/verdict.js";
export type { Comparison, DeclaredComparison } from "./results/comparison.js";
export type { ComparisonRow, Verdict } from "./results/comparison-row.js";
export type { Change } from "./folder/changes.js";
export type { StudyManifest } from "./folder/manifest.js";
export type { PlanLine, StudyPlan } from "./plan/plan.js";
export { defaultPrimary } from "./spec/primary.js";
export type { ArmProgress, StudyProgress } from "./plan/progress.js";
export { readStudy, type StoredStudy } from "./folder/read-study.js";
export { buildReport } from "./report/build-report.js";
export type { Provenance, Report, ReportFigure, ReportTable } from "./report/report.js";
export { reportStudy } from "./report/report-study.js";
export { writeReport, type WriteReportOptions } from "./report/write-report.js";
export type {
  CellResult,
  CellState,
  StudyResults,
  TestClusters,
  TestKind,
  TestOutcomes,
} from "./results/results.js";
export { wholeGrid, type FinishedRound, type NextRound, type Round } from "./plan/round.js";
export { runStudy, type Planned, type RunStudyOptions, type StudyOutcome } from "./execution/run-study.js";
export { parseStudy, readStudyFile } from "./spec/spec-file.js";
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
} from "./spec/spec.js";
export { studyStatus, type StudyStatus } from "./folder/status.js";
export type {
  CellStep,
  MapStep,
  Plain,
  PlannedTrainer,
  SelectionStep,
  Step,
  StepInputs,
} from "./plan/step.js";
export type { Study } from "./plan/study.js";
