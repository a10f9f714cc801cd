/** The measures of calibration, each a function of weighted examples, so that one resample computes all of them. */

import { binForecasts, binnedError, debiasedError, debiasedSquares, ascending } from "./binned.js";
import type { Forecasts } from "./forecasts.js";
import type { ScoredForecasts } from "./score-forecasts.js";
import { smoothError } from "./smooth-error.js";

/** What each measure is, as tables show it. */
export const measureTitles = {
  /** Against votes: the mean share of votes for the prediction. */
  accuracy: "accuracy",
  confidence: "mean confidence",
  overconfidence: "  less accuracy",
  ece: "ECE, equal width",
  "ece-mass": "ECE, equal mass",
  "ece-debiased": "ECE, debiased",
  "rms-debiased": "RMS error, debiased",
  "smooth-ece": "smooth ECE",
  "classwise-ece": "classwise ECE",
  brier: "Brier",
  "brier-calibration": "  its calibration",
  "brier-refinement": "  its refinement",
  nll: "NLL",
  "nll-calibration": "  its calibration",
  "nll-refinement": "  its refinement",
  "dist-ce": "distance to votes (TVD)",
  "dist-ce-if-right": "  if the model were right",
  "squared-distance": "  squared, unbiased",
  kl: "KL from votes",
  js: "Jensen-Shannon",
  "entropy-gap": "entropy less votes'",
  "same-ranking": "labels ranked alike",
} as const;

export type MeasureName = keyof typeof measureTitles;
/** null: it is not defined here. */
export type Measures = Readonly<Partial<Record<MeasureName, number | null>>>;

/** Forecasts made ready to be measured many times. */
export interface MeasurableForecasts {
  readonly scored: ScoredForecasts;
  readonly target: Float64Array;
  /** What the errors are of: the most probable label's probability, or a given label's. */
  readonly confidence: Float64Array;
  readonly outcome: Float64Array;
  readonly order: Uint32Array;
  /** Of smooth ECE. */
  readonly bandwidth: number;
  readonly bins: number;
  /** Whether labels mean the same in every example (they do not in multiple choice). */
  readonly classwise: boolean;
  /** Measures that are a mean over examples, beside those of all forecasts. */
  readonly means: Readonly<Partial<Record<MeasureName, Float64Array>>>;
}

export interface MeasurableOptions {
  readonly bins: number;
  readonly classwise: boolean;
  /** Index of the label whose probability the errors are of. Default: the most probable label's. */
  readonly label?: number | undefined;
  readonly means?: MeasurableForecasts["means"] | undefined;
}

export function measurable(
  { target }: Pick<Forecasts, "target">,
  scored: ScoredForecasts,
  { bins, classwise, label, means = {} }: MeasurableOptions,
): MeasurableForecasts {
  const { size, labels, probabilities } = scored;
  const column = (of: Float64Array, k: number): Float64Array =>
    Float64Array.from({ length: size }, (_, row) => of[row * labels + k]!);
  const confidence = label === undefined ? scored.confidence : column(probabilities, label);
  const outcome = label === undefined ? scored.outcome : column(target, label);
  const { bandwidth } = smoothError(confidence, outcome);
  return {
    scored,
    target,
    confidence,
    outcome,
    order: ascending(confidence),
    bandwidth,
    bins,
    classwise,
    means,
  };
}

/** @param weights how often each example counts. Default: once */
export function measure(forecasts: MeasurableForecasts, weights?: Float64Array): Measures {
  const { scored, confidence, outcome, order, bins, bandwidth, means } = forecasts;
  const mean = (values: Float64Array): number => weightedMean(values, weights);
  const width = binForecasts(confidence, outcome, { scheme: "width", bins, weights });
  const mass = binForecasts(confidence, outcome, { scheme: "mass", bins, weights, order });
  const squares = debiasedSquares(mass);
  const [said, came] = [mean(confidence), mean(outcome)];
  const extra = Object.fromEntries(
    Object.entries(means).map(([name, values]) => [name, mean(values)]),
  ) as Measures;
  return {
    accuracy: mean(scored.outcome),
    confidence: said,
    overconfidence: said - came,
    ece: binnedError(width),
    "ece-mass": binnedError(mass),
    "ece-debiased": debiasedError(mass),
    "rms-debiased": Math.sign(squares) * Math.sqrt(Math.abs(squares)),
    "smooth-ece": smoothError(confidence, outcome, weights === undefined ? {} : { weights, near: bandwidth })
      .error,
    "classwise-ece": forecasts.classwise ? classwiseError(forecasts, weights) : null,
    brier: mean(scored.brier),
    nll: mean(scored.nll),
    ...extra,
  };
}

/** Mean over labels of the error of each label's probability, bins of equal width (Kull et al. 2019). */
function classwiseError(
  { scored: { size, labels, probabilities }, target, bins }: MeasurableForecasts,
  weights: Float64Array | undefined,
): number {
  const gaps = new Float64Array(labels * bins);
  let total = 0;
  for (let row = 0; row < size; row++) {
    const weight = weights === undefined ? 1 : weights[row]!;
    if (weight === 0) continue;
    total += weight;
    for (let k = 0; k < labels; k++) {
      const p = probabilities[row * labels + k]!;
      const bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins - 1e-12) - 1));
      gaps[k * bins + bin]! += weight * (p - target[row * labels + k]!);
    }
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total / labels;
}

function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  let [sum, n] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    const weight = weights === undefined ? 1 : weights[row]!;
    sum += weight * values[row]!;
    n += weight;
  }
  return sum / n;
}
