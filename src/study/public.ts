/** `alidade/study`: select, retrain, test; many times, resumably. */

export { analyse, type Analysis, type AnalysisOptions, type ArmScore } from "./analysis.js";
export { armName } from "./arm-name.js";
export type { BuiltInStudy, StudyInputs } from "./built-in/built-in.js";
export type { FoundTable } from "./built-in/findings.js";
export * as builtInStudies from "./built-ins.js";
export { cellState } from "./cell-state.js";
export { readAgreementFacts, type AgreementFacts } from "./claims/agreement-facts.js";
export { readClaims, type Claim, type ClaimsFile } from "./claims/claims-file.js";
export { claimsPage } from "./claims/claims-page.js";
export { decideClaims, type DecidedStudy } from "./claims/decide-claim.js";
export type { ClaimDecision, ClaimVerdict, Evidence } from "./claims/verdict.js";
export type { Comparison, DeclaredComparison } from "./comparison.js";
export type { ComparisonRow, Verdict } from "./comparison-row.js";
export type { Change } from "./changes.js";
export type { StudyManifest } from "./manifest.js";
export type { PlanLine, StudyPlan } from "./plan.js";
export { defaultPrimary } from "./primary.js";
export type { ArmProgress, StudyProgress } from "./progress.js";
export { readStudy, type StoredStudy } from "./read-study.js";
export { buildReport } from "./report/build-report.js";
export type { Provenance, Report, ReportFigure, ReportTable } from "./report/report.js";
export { reportStudy } from "./report/report-study.js";
export { writeReport, type WriteReportOptions } from "./report/write-report.js";
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
