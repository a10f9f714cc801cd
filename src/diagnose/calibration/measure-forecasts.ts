/** One set of forecasts, measured: before and after temperature, with intervals, bins and curve. */

import { wilson } from "../measure/wilson.js";
import type { Interval } from "../../study/statistics/interval.js";
import { voteDistances } from "./against-votes.js";
import { binForecasts, type BinScheme } from "./binned.js";
import type { Forecasts } from "./forecasts.js";
import { measurable, measure, type MeasurableForecasts } from "./measures.js";
import { isotonicLabels, scoreIsotonic } from "./recalibrated.js";
import { estimate, type MeasureEstimates } from "./resample.js";
import { scoreForecasts, type ScoredForecasts } from "./score-forecasts.js";
import { smoothCurve, type CurveAt } from "./smooth-error.js";
import { crossFitTemperature, crossFolds, type Temperature } from "./temperature.js";

export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean forecast of its examples, and how many of them came true. */
  readonly forecast: number;
  readonly outcome: number;
  /** 95 %: Wilson's of right and wrong; of shares of votes the mean's by the normal distribution. */
  readonly interval: Interval;
}

export interface ReliabilityDiagram {
  readonly width: readonly ReliabilityBin[];
  readonly mass: readonly ReliabilityBin[];
  readonly curve: readonly CurveAt[];
}

export interface FittedTemperature extends Temperature {
  /** The temperatures by which examples were scored: one a fold, or the given one. */
  readonly used: readonly number[];
  /** What it was fitted on, in words. */
  readonly on: string;
}

export interface MeasuredForecasts {
  readonly size: number;
  /** null: every example stands alone. */
  readonly groups: number | null;
  readonly temperature: FittedTemperature;
  readonly before: MeasureEstimates;
  readonly after: MeasureEstimates;
  /** Before less after: above 0 where temperature lowers it. */
  readonly change: MeasureEstimates;
  /** Which recalibration splits NLL and Brier: the one that leaves the smaller NLL. */
  readonly split: "temperature" | "isotonic";
  readonly diagrams: { readonly before: ReliabilityDiagram; readonly after: ReliabilityDiagram };
}

export interface MeasureOptions {
  /** Default: 15. */
  readonly bins?: number | undefined;
  /** Of the bootstrap. 0: no intervals. Default: 1,000. */
  readonly resamples?: number | undefined;
  readonly seed?: number | undefined;
  /** Examples of one group are drawn together and never fit one another's temperature. null: each stands alone. */
  readonly groups?: readonly (string | null)[] | null | undefined;
  readonly ids: readonly string[];
  /** In multiple choice there is no error of each label. Default: true. */
  readonly classwise?: boolean | undefined;
  /** Index of the label whose probability the errors are of. Default: the most probable label's. */
  readonly label?: number | undefined;
  /** A temperature that was fitted elsewhere. Default: fitted here, in folds. */
  readonly temperature?: { readonly fitted: Temperature; readonly on: string } | undefined;
  /** Where the target is votes: how many each example has. */
  readonly votes?: Int32Array | undefined;
}

export const defaultBins = 15;
export const defaultResamples = 1000;
/** Of cross-fitting. */
const folds = 5;

/** Measures forecasts against their target. At least one example. */
export function measureForecasts(forecasts: Forecasts, options: MeasureOptions): MeasuredForecasts {
  const {
    bins = defaultBins,
    resamples = defaultResamples,
    seed = 0,
    ids,
    classwise = true,
    label,
    votes,
  } = options;
  const keys = ids.map((id, row) => {
    const group = options.groups?.[row];
    return group == null ? `example ${id}` : `group ${group}`;
  });
  const grouped = options.groups?.some((group) => group !== null) === true;
  const fold = crossFolds(keys, folds);
  const fitted = crossFitTemperature(forecasts, fold);
  const given = options.temperature;
  const plain = scoreForecasts(forecasts);
  const tempered = scoreForecasts(
    forecasts,
    given === undefined ? fitted.sharpness : 1 / given.fitted.temperature,
  );
  const own = given === undefined ? tempered : scoreForecasts(forecasts, fitted.sharpness);
  const isotonic = forecasts.labels <= isotonicLabels ? scoreIsotonic(forecasts, plain, fold) : own;
  const split = total(isotonic.nll) < total(own.nll) ? "isotonic" : "temperature";
  const recalibrated = split === "isotonic" ? isotonic : own;
  const prepare = (scored: ScoredForecasts, means: MeasurableForecasts["means"]): MeasurableForecasts =>
    measurable(forecasts, scored, {
      ...{ bins, classwise, label },
      means: {
        ...means,
        ...(votes === undefined ? {} : voteDistances(scored, forecasts.target, votes, seed)),
      },
    });
  const before = prepare(plain, {
    "brier-calibration": plain.brier.map((value, row) => value - recalibrated.brier[row]!),
    "brier-refinement": recalibrated.brier,
    "nll-calibration": plain.nll.map((value, row) => value - recalibrated.nll[row]!),
    "nll-refinement": recalibrated.nll,
  });
  const after = prepare(tempered, {});
  const indices = new Map<string, number>();
  for (const key of keys) if (!indices.has(key)) indices.set(key, indices.size);
  const group = grouped ? Int32Array.from(keys, (key) => indices.get(key)!) : null;
  const { estimates, changes } = estimate([before, after], { resamples, seed, group });
  const shares = votes !== undefined;
  return {
    size: forecasts.size,
    groups: grouped ? indices.size : null,
    temperature:
      given === undefined
        ? { ...fitted.all, used: fitted.folds.map(({ temperature }) => temperature), on: "the other folds" }
        : { ...given.fitted, used: [given.fitted.temperature], on: given.on },
    before: estimates[0]!,
    after: estimates[1]!,
    change: changes[0]!,
    split,
    diagrams: { before: diagram(before, bins, shares), after: diagram(after, bins, shares) },
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function diagram(forecasts: MeasurableForecasts, bins: number, shares: boolean): ReliabilityDiagram {
  const { confidence, outcome, order, bandwidth } = forecasts;
  const of = (scheme: BinScheme): ReliabilityBin[] =>
    binForecasts(confidence, outcome, { scheme, bins, order }).map(({ variance, ...bin }) => ({
      ...bin,
      interval: shares
        ? normal(bin.outcome, variance)
        : wilson(Math.round(bin.outcome * bin.count), bin.count),
    }));
  return { width: of("width"), mass: of("mass"), curve: smoothCurve(confidence, outcome, bandwidth) };
}

function normal(mean: number, variance: number): Interval {
  const reach = 1.959963984540054 * Math.sqrt(variance);
  return { low: Math.max(0, mean - reach), high: Math.min(1, mean + reach) };
}

/** The measures alone, without intervals. */
export function measuresOf(forecasts: Forecasts, sharpness: number | Float64Array = 1, bins = defaultBins) {
  return measure(measurable(forecasts, scoreForecasts(forecasts, sharpness), { bins, classwise: true }));
}
