/** All coordinates, in the order of their columns in `map.parquet`. */

import type { Coordinate } from "./coordinate.js";
import { confidence } from "./coordinates/confidence.js";
import { variability } from "./coordinates/variability.js";
import { correctness } from "./coordinates/correctness.js";
import { correctEpochs } from "./coordinates/correct-epochs.js";
import { lossMean } from "./coordinates/loss-mean.js";
import { lossSd } from "./coordinates/loss-sd.js";
import { forgetting } from "./coordinates/forgetting.js";
import { learned } from "./coordinates/learned.js";
import { firstLearned } from "./coordinates/first-learned.js";
import { thresholdCloseness } from "./coordinates/threshold-closeness.js";
import { aleatoric } from "./coordinates/aleatoric.js";
import { margin } from "./coordinates/margin.js";
import { el2n } from "./coordinates/el2n.js";
import { entropy } from "./coordinates/entropy.js";
import { trend } from "./coordinates/trend.js";
import { detrendedVariability } from "./coordinates/detrended-variability.js";
import { variabilityInterval } from "./coordinates/variability-interval.js";
import { otherLabel } from "./coordinates/other-label.js";
import { otherProbability } from "./coordinates/other-probability.js";

export const coordinates: readonly Coordinate[] = [
  confidence,
  variability,
  correctness,
  correctEpochs,
  lossMean,
  lossSd,
  forgetting,
  learned,
  firstLearned,
  thresholdCloseness,
  aleatoric,
  margin,
  el2n,
  entropy,
  trend,
  detrendedVariability,
  variabilityInterval,
  otherLabel,
  otherProbability,
];
