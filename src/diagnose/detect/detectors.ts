/** The built-in detectors, each under its own name: the registry is this module's namespace. */

export { ensemble } from "./detectors/ensemble.js";
export { confidentLearning } from "./detectors/confident-learning.js";
export { lowConfidence } from "./detectors/low-confidence.js";
export { lowMargin } from "./detectors/low-margin.js";
export { thresholdMargin } from "./detectors/threshold-margin.js";
export { lossMixture } from "./detectors/loss-mixture.js";
export { neighbours } from "./detectors/neighbours.js";
export { conflictingDuplicates } from "./detectors/conflicting-duplicates.js";
export { runDisagreement } from "./detectors/run-disagreement.js";
export { cartography } from "./detectors/cartography.js";
