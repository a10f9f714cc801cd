/** A calibration report for a person at a terminal. */

import colours from "picocolors";
import type {
  CalibrationReport,
  EpochCalibration,
  SetCalibration,
} from "../diagnose/calibration/calibration-report.js";
import type { MeasuredForecasts } from "../diagnose/calibration/measure-forecasts.js";
import { measureTitles, type MeasureName } from "../diagnose/calibration/measures.js";
import type { MeasureEstimate } from "../diagnose/calibration/resample.js";
import { coldest, hottest } from "../diagnose/calibration/temperature.js";
import { count, counted, oneLine, table } from "./format.js";

const right = { align: "right" as const };

export function calibrationText(report: CalibrationReport, width: number): string {
  const { dataset, trainer, protocol, of, sets } = report;
  const head = `${colours.bold(dataset)}  ${colours.dim(`${trainer ?? "imported"}, ${protocol}${of === null ? "" : `; errors are of the probability of ${of}`}`)}`;
  return [head, ...sets.map((set) => setText(set, report, width))].join("\n\n");
}

function setText(set: SetCalibration, { resamples }: CalibrationReport, width: number): string {
  const { name, notes, epochs, votes } = set;
  const last = epochs.at(-1)!;
  const lines = [
    `${colours.bold(name)}  ${counted(last.gold.size, "examples")}${last.gold.groups === null ? "" : ` in ${counted(last.gold.groups, "groups")}`}, epoch ${last.epoch}`,
    ...notes.map((note) => colours.yellow(`  ${oneLine(note, width - 4)}`)),
    measureTable(last.gold),
    ...temperatureLines(last.gold),
  ];
  if (last.votes !== null && votes !== null) {
    const aside = [
      votes.withoutVotes > 0 ? `${count(votes.withoutVotes)} without votes left out` : "",
      votes.withOneVote > 0 ? `${count(votes.withOneVote)} have one vote` : "",
    ].filter((part) => part !== "");
    lines.push(
      "",
      `${colours.bold(`${name}, against votes`)}  ${counted(votes.examples, "examples")}, ${count(votes.votes)} votes${aside.length === 0 ? "" : `; ${aside.join(", ")}`}`,
      measureTable(last.votes, true),
      ...temperatureLines(last.votes),
    );
  }
  if (epochs.length > 1) lines.push("", colours.bold(`${name} by epoch`), epochTable(epochs));
  if (resamples === 0) lines.push(colours.dim("  no intervals: --resamples 0"));
  return lines.join("\n");
}

function measureTable(measured: MeasuredForecasts, votes = false): string {
  const names = (Object.keys(measureTitles) as MeasureName[]).filter((name) => measured.before[name] != null);
  return table(
    [{ title: "" }, { title: "as it is", ...right }, { title: "after temperature", ...right }],
    names.map((name) => {
      const title = votes && name === "accuracy" ? "votes for the prediction" : measureTitles[name];
      return [
        title,
        ...[measured.before[name], measured.after[name]].map((one) => value(one) + interval(one)),
      ];
    }),
  );
}

function value(estimate: MeasureEstimate | null | undefined): string {
  return estimate == null ? "" : estimate.value.toFixed(3);
}

function interval(estimate: MeasureEstimate | null | undefined): string {
  if (estimate?.low == null || estimate.high == null) return "";
  return ` [${estimate.low.toFixed(3)}, ${estimate.high.toFixed(3)}]`;
}

function temperatureLines({ temperature, split }: MeasuredForecasts): string[] {
  const { temperature: fitted, end, used, on } = temperature;
  const from = used.length < 2 ? "" : `; folds ${short(Math.min(...used))} to ${short(Math.max(...used))}`;
  const meaning =
    fitted > 1 ? "the model is too sure" : fitted < 1 ? "the model is not sure enough" : "no change";
  const said =
    end === "coldest"
      ? [`the sharper the better, to temperature ${coldest}: predictions are right throughout`]
      : end === "hottest"
        ? [`the flatter the better, to temperature ${hottest}: worse than no forecast`]
        : [`temperature ${short(fitted)}: ${meaning}`, `it was fitted on ${on}${from}`];
  return [...said, `NLL and Brier are split by ${split}`].map((line) => colours.dim(`  ${line}`));
}

function short(temperature: number): string {
  return String(Number(temperature.toPrecision(3)));
}

const byEpoch: readonly MeasureName[] = ["accuracy", "confidence", "smooth-ece", "brier", "nll"];

function epochTable(epochs: readonly EpochCalibration[]): string {
  const titles = [...["accuracy", "confidence", "smECE", "Brier", "NLL"], ...["at T", "NLL", "smECE"]];
  return table(
    [{ title: "epoch" }, ...titles.map((title) => ({ title, ...right }))],
    epochs.map(({ epoch, gold: { before, after, temperature } }) => [
      String(epoch),
      ...byEpoch.map((name) => value(before[name])),
      short(temperature.temperature),
      value(after.nll),
      value(after["smooth-ece"]),
    ]),
  );
}
