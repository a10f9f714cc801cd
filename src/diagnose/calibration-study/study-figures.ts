/** The figures of a calibration study: its contrasts, and what each arm does at the end of training. */

import type { FigureOptions } from "../../plot/figure.js";
import { plotIntervals, type IntervalDot } from "../../plot/intervals-figure.js";
import { overSplits, type SeedDifference } from "./contrasts.js";
import { calibrationArms } from "./label-arms.js";
import type { ArmSummary, CalibrationStudy } from "./run-calibration-study.js";

const signs = { holds: "worse", fails: "equivalent", inconclusive: "inconclusive" } as const;

/** Each contrast's difference of smooth ECE, at the end and at one accuracy, before and after temperature. */
export function contrastsFigure({ contrasts }: CalibrationStudy, options: FigureOptions = {}): string {
  const dot = ({ mean, low, high }: SeedDifference): IntervalDot => ({
    value: mean,
    low,
    high,
    sign:
      low > 0
        ? signs.holds
        : high < 0
          ? "better"
          : low > -0.01 && high < 0.01
            ? signs.fails
            : signs.inconclusive,
  });
  return plotIntervals(
    {
      label: "smooth ECE against votes, difference",
      panels: [
        "at the end",
        "at the same accuracy",
        "at the end, after temperature",
        "same accuracy, after temperature",
      ].map((title) => ({ title, reference: 0 })),
      rows: contrasts.map(({ arm, against, end, matched, endAfter, matchedAfter }) => ({
        name: `${arm} less ${against}`,
        dots: [end, matched, endAfter, matchedAfter].map(dot),
      })),
    },
    options,
  );
}

/** Each arm's models at the end of training. */
export function armsFigure({ arms, test, train }: CalibrationStudy, options: FigureOptions = {}): string {
  const panels: readonly (readonly [string, (arm: ArmSummary) => readonly number[], number?])[] = [
    ["smooth ECE against votes", ({ smooth }) => smooth],
    ["after temperature", ({ smoothAfter }) => smoothAfter],
    ["smooth ECE against majority", ({ smoothMajority }) => smoothMajority],
    ["confidence less votes for it", ({ overconfidence }) => overconfidence, 0],
    ["accuracy", ({ accuracy }) => accuracy],
  ];
  return plotIntervals(
    {
      label: "value",
      panels: panels.map(([title, , reference]) => ({
        title,
        ...(reference === undefined ? {} : { reference }),
      })),
      rows: arms.map((arm) => ({
        name: `${arm.arm}: ${calibrationArms[arm.arm].says}`,
        dots: panels.map(([, values]): IntervalDot => {
          const { mean, low, high } = overSplits(values(arm), test / train);
          return { value: mean, low, high, sign: "sound", single: values(arm) };
        }),
      })),
    },
    options,
  );
}
