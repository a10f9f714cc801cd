/** A calibration report as figures: reliability diagrams, and measures by epoch. */

import { UserError } from "../../core/errors.js";
import type { CurvePoint } from "../../plot/curves.js";
import { plotCurves } from "../../plot/curves-figure.js";
import type { FigureOptions } from "../../plot/figure.js";
import type { ReliabilityPanel } from "../../plot/reliability.js";
import { plotReliability } from "../../plot/reliability-figure.js";
import type { CalibrationReport, SetCalibration } from "./calibration-report.js";
import type { MeasuredForecasts, ReliabilityDiagram } from "./measure-forecasts.js";
import { measureTitles, type MeasureName } from "./measures.js";
import type { MeasureEstimate, MeasureEstimates } from "./resample.js";

/** Two diagrams for each set, before and after temperature, and two more against votes where there are any; of the last epoch. */
export function reliabilityFigure(report: CalibrationReport, options: FigureOptions = {}): string {
  const panels = report.sets.flatMap((set) => {
    const last = set.epochs.at(-1)!;
    return [
      ...pair(set.name, last.gold, "accuracy"),
      ...(last.votes === null ? [] : pair(`${set.name}, votes`, last.votes, "votes for it")),
    ];
  });
  return plotReliability(
    {
      panels,
      across: report.of === null ? "confidence" : `probability of ${report.of}`,
      up: report.sets.some(({ votes }) => votes !== null)
        ? "share that is right, or votes for it"
        : "share that is right",
    },
    options,
  );
}

function pair(name: string, measured: MeasuredForecasts, outcome: string): ReliabilityPanel[] {
  const { temperature } = measured.temperature;
  return [
    panelOf({ title: name, outcome }, measured.size, measured.before, measured.diagrams.before),
    panelOf(
      { title: `${name}, temperature ${shortTemperature(temperature)}`, outcome },
      measured.size,
      measured.after,
      measured.diagrams.after,
    ),
  ];
}

/** Three digits. */
export function shortTemperature(temperature: number): string {
  return String(Number(temperature.toPrecision(3)));
}

function panelOf(
  { title, outcome }: { readonly title: string; readonly outcome: string },
  size: number,
  estimates: MeasureEstimates,
  { mass, width, curve }: ReliabilityDiagram,
): ReliabilityPanel {
  return {
    title,
    notes: [
      `n ${size.toLocaleString("en-US")}, smooth ECE ${said(estimates["smooth-ece"])}`,
      `${outcome} ${said(estimates.accuracy)}, confidence ${said(estimates.confidence, false)}`,
    ],
    points: mass.map(({ forecast, outcome, interval, count }) => ({ forecast, outcome, ...interval, count })),
    curve: curve.map(({ forecast, outcome, interval }) => ({ forecast, outcome, ...interval })),
    histogram: width.map(({ low, high, count }) => ({ low, high, count })),
  };
}

function said(estimate: MeasureEstimate | null | undefined, interval = true): string {
  if (estimate == null) return "-";
  const { value, low, high } = estimate;
  const short = (number: number): string => number.toFixed(3).replace(/^(-?)0\./, "$1.");
  return !interval || low === null || high === null
    ? short(value)
    : `${short(value)} [${short(low)}, ${short(high)}]`;
}

/** The figure has no room for a title that follows another. */
const epochTitles: Readonly<Partial<Record<MeasureName, string>>> = {
  overconfidence: "confidence less accuracy",
};
const byEpoch: readonly MeasureName[] = ["smooth-ece", "nll", "overconfidence"];

/** Measures through the epochs, a panel each, a curve a set before and one after temperature. @throws UserError where only one epoch is known */
export function epochsFigure({ sets }: CalibrationReport, options: FigureOptions = {}): string {
  const long = sets.filter(({ epochs }) => epochs.length > 1);
  if (long.length === 0) {
    throw new UserError({
      subject: "--epochs-figure",
      problem: "the forecasts of one epoch only are known",
      remedy: "train with --test-every-epoch, or give --examples",
    });
  }
  const curvesOf = ({ name: set, epochs }: SetCalibration, name: MeasureName) =>
    (["before", "after"] as const).map((when) => ({
      name: when === "before" ? set : `${set}, after temperature`,
      points: epochs.flatMap(({ epoch, gold }): CurvePoint[] => {
        const found = gold[when][name];
        if (found == null) return [];
        const { value, low, high } = found;
        return [{ x: epoch, value, low: low ?? value, high: high ?? value, flawed: false }];
      }),
    }));
  const panels = byEpoch.map((name) => ({
    title: epochTitles[name] ?? measureTitles[name],
    ...(name === "overconfidence" ? { reference: 0 } : {}),
    curves: long.flatMap((set) => curvesOf(set, name).map(({ points }) => points)),
  }));
  const names = long.flatMap((set) => curvesOf(set, "nll").map(({ name }) => name));
  return plotCurves(
    {
      panels,
      names,
      across: { label: "epoch", scale: "linear" },
      up: "measure",
      reference: "as sure as right",
    },
    options,
  );
}
