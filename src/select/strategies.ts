/** The built-in strategies: the registry is this module's namespace. */

export { random } from "./strategies/random.js";
export { easy } from "./strategies/easy.js";
export { hard } from "./strategies/hard.js";
export { ambiguous } from "./strategies/ambiguous.js";
export { lowVariability } from "./strategies/low-variability.js";
export { highCorrectness } from "./strategies/high-correctness.js";
export { lowCorrectness } from "./strategies/low-correctness.js";
export { forgetting } from "./strategies/forgetting.js";
export { thresholdCloseness } from "./strategies/threshold-closeness.js";
export { margin } from "./strategies/margin.js";
export { el2n } from "./strategies/el2n.js";
export { entropy } from "./strategies/entropy.js";
export { loss } from "./strategies/loss.js";
export { uncertainty } from "./strategies/uncertainty.js";
export { kCenter } from "./strategies/k-center.js";
export { trajectory } from "./strategies/trajectory.js";
export { coverage } from "./strategies/coverage.js";
export { prototypicality } from "./strategies/prototypicality.js";
export { facilityLocation } from "./strategies/facility-location.js";
export { aflite } from "./strategies/aflite.js";
