/** `alidade/diagnose`: known noise, suspects, review, calibration, maps compared. */

export {
  measureCalibration,
  type CalibrationOptions,
  type CalibrationReport,
  type EpochCalibration,
  type NamedTestFile,
  type SetCalibration,
} from "./calibration/calibration-report.js";
export { epochsFigure, reliabilityFigure } from "./calibration/calibration-figures.js";
export { forecastsOf, type Forecasts } from "./calibration/forecasts.js";
export {
  measureForecasts,
  type FittedTemperature,
  type MeasuredForecasts,
  type MeasureOptions,
  type ReliabilityBin,
  type ReliabilityDiagram,
} from "./calibration/measure-forecasts.js";
export { measureTitles, type MeasureName } from "./calibration/measures.js";
export type { MeasureEstimate, MeasureEstimates } from "./calibration/resample.js";
export { smoothError, type SmoothError } from "./calibration/smooth-error.js";
export { fitTemperature, type Temperature } from "./calibration/temperature.js";
export { writeCalibration } from "./calibration/write-calibration.js";
export { agreementFigure } from "./agreement/agreement-figure.js";
export type { AddedValue } from "./agreement/added-value.js";
export type { AnnotatorAgreement } from "./agreement/annotators.js";
export type { ApartLabels } from "./agreement/apart-labels.js";
export type { Distances } from "./agreement/distribution-distance.js";
export { agreementMeasures, type AgreementMeasure } from "./agreement/example-agreement.js";
export type { Estimate } from "./agreement/group-bootstrap.js";
export {
  type AgreementOptions,
  type HumanAgreement,
  measureAgreement,
  type MeasuredAgreement,
} from "./agreement/measure-agreement.js";
export type { NoiseCeiling } from "./agreement/noise-ceiling.js";
export { writeAgreement } from "./agreement/write-agreement.js";
export {
  type ArmSummary,
  type CalibrationStudy,
  type CalibrationStudyOptions,
  runCalibrationStudy,
} from "./calibration-study/run-calibration-study.js";
export { type CalibrationContrast, type SeedDifference } from "./calibration-study/contrasts.js";
export { armsFigure, contrastsFigure } from "./calibration-study/study-figures.js";
export { changesPath, cleanDataset } from "./clean/clean-dataset.js";
export {
  planCleaning,
  type CleaningPlan,
  type CleaningRequest,
  type Change as LabelChange,
} from "./clean/plan-cleaning.js";
export {
  compareMaps,
  type CompareOptions,
  type CoordinateAgreement,
  type MapComparison,
  type Mover,
  type PairComparison,
} from "./compare/compare-maps.js";
export type { ComparedRun } from "./compare/compared-run.js";
export { comparisonFigure } from "./compare/comparison-figure.js";
export type { RegionAgreement, RegionOverlap } from "./compare/region-agreement.js";
export type { FractionOverlap } from "./compare/top-fraction.js";
export { writeComparison } from "./compare/write-comparison.js";
export {
  confidentJoint,
  type ConfidentJoint,
  type HeldOutProbabilities,
} from "./detect/confident-learning/confident-joint.js";
export {
  issueFilters,
  type IssueFilter,
  labelIssues,
  normalisedMargin,
  selfConfidence,
} from "./detect/confident-learning/label-issues.js";
export type { Detection, Detector, DetectRequest, DetectorNeed } from "./detect/detector.js";
export type { LabelEvidence, InjectedMap, Missing, RunOpinion, ThresholdRun } from "./detect/evidence.js";
export { builtInDetectors, defaultDetector, findDetector } from "./detect/registry.js";
export { runDetector, type RunDetectorOptions } from "./detect/run-detector.js";
export { type AtRank, atRank, auroc, averagePrecision } from "./measure/ranking.js";
export { wilson } from "./measure/wilson.js";
export { injectNoise, type FlipPool, type NoiseOptions, type NoisyDataset } from "./noise/inject.js";
export { filePool, regionPool, secondChoices } from "./noise/pools.js";
export { readTransitionMatrix, type TransitionMatrix } from "./noise/transition-matrix.js";
export { matchTruth, readTruth, writeTruth, type NoiseTruth, type RowTruth } from "./noise/truth.js";
export { makeQueue, readQueue, type ReviewQueue, writeQueue } from "./review/queue.js";
export {
  type PairAgreement,
  type ReviewSummary,
  type Share,
  type StratumSummary,
  summariseReview,
} from "./review/review-summary.js";
export { beginReview, press, type ReviewItem, type ReviewState, type Turn } from "./review/session.js";
export {
  appendVerdict,
  readVerdicts,
  standingVerdicts,
  type Verdict as ReviewVerdict,
} from "./review/verdicts.js";
export {
  type DetectorStatus,
  findSuspects,
  type Suspect,
  type Suspects,
  type SuspectsOptions,
  trainMissing,
} from "./suspects/find-suspects.js";
export { runEvidence, type RunEvidence, type RunEvidenceOptions } from "./suspects/run-evidence.js";
export { writeSuspects } from "./suspects/write-suspects.js";
export {
  findSlices,
  type FindSlicesOptions,
  type FoundSlice,
  type SlicesFound,
} from "./slices/find-slices.js";
export type { ExampleChoice } from "./slices/chosen-rows.js";
export { sliceKinds, type SliceKind } from "./slices/slice-kinds.js";
export { writeSlices } from "./slices/write-slices.js";
export {
  type Calibration,
  calibratedProbabilities,
  type CalibrationMethod,
  readCalibration,
} from "./noise-study/calibration.js";
export type { CalibrationJudged } from "./noise-study/calibrate.js";
export { flipsFigure } from "./noise-study/flip-figures.js";
export { fitPlatt, type Platt, plattAt } from "./measure/platt.js";
export {
  type CellFindings,
  type DetectorScores,
  type NoiseStudy,
  type NoiseStudyOptions,
  runNoiseStudy,
} from "./noise-study/run-noise-study.js";
export type { AtPrevalence, PaperScores } from "./noise-study/paper-detector.js";
export { fitIsotonic, isotonicAt, type Isotonic } from "./measure/isotonic.js";
export { correctPrior, type Corrected } from "./measure/prior-shift.js";
export {
  type DuplicateCluster,
  type DuplicateConflict,
  type DuplicateReport,
  type InspectedDuplicates,
  inspectDuplicates,
  type InspectOptions,
  type LeakSummary,
  type ListedExample,
} from "./duplicates/inspect-duplicates.js";
export { type DropKind, planDeduplication } from "./duplicates/plan-deduplication.js";
export type { Relation, RelationKind, Relations } from "./duplicates/relations.js";
export { writeDuplicates, writeGroups } from "./duplicates/write-duplicates.js";
