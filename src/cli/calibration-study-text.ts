/** A calibration study for a person at a terminal. */

import colours from "picocolors";
import { overSplits, questions, type SeedDifference } from "../diagnose/calibration-study/contrasts.js";
import { calibrationArms } from "../diagnose/calibration-study/label-arms.js";
import type { CalibrationStudy } from "../diagnose/calibration-study/run-calibration-study.js";
import { count, decimal, table, wrapped } from "./format.js";

const right = { align: "right" as const };

export function calibrationStudyText(study: CalibrationStudy, out: string, width: number): string {
  const { dataset, size, withoutVotes, votesAnExample, agreement, train, test, seeds, arms, against } = study;
  const mean = (values: readonly number[]): string => {
    const { mean: centre, high } = overSplits(values, test / train);
    return `${decimal(centre)} ± ${decimal(high - centre)}`;
  };
  const lines = [
    `${colours.bold(dataset)}  ${count(size)} examples with ${decimal(votesAnExample, 1)} votes each${withoutVotes > 0 ? `, ${count(withoutVotes)} without left out` : ""}; mean agreement ${decimal(agreement)}`,
    `${count(train)} trained on, ${count(test)} tested on${against === "truth" ? ", measured against --truth" : ""}; ${seeds} splits`,
    "",
    colours.bold("At the end of training"),
    table(
      [
        { title: "" },
        { title: "accuracy", ...right },
        { title: "smooth ECE, votes", ...right },
        { title: "after temp.", ...right },
        { title: "temp.", ...right },
      ],
      arms.map(({ arm, accuracy, smooth, smoothAfter, temperature }) => [
        arm,
        mean(accuracy),
        mean(smooth),
        mean(smoothAfter),
        decimal(overSplits(temperature, 0).mean, 2),
      ]),
    ),
    ...arms.map(({ arm, examples }) =>
      colours.dim(`  ${arm}: ${calibrationArms[arm].says}; ${count(examples)} examples`),
    ),
    "",
    `${colours.bold("Smooth ECE against votes, differences")} ${colours.dim("with 95 % intervals over splits")}`,
    table(
      [
        { title: "" },
        { title: "at the end", ...right },
        { title: "same accuracy", ...right },
        { title: "verdict" },
      ],
      study.contrasts.map(({ arm, against: other, end, matched, verdict }) => [
        `${arm} - ${other}`,
        interval(end),
        interval(matched),
        verdict,
      ]),
    ),
    "",
    colours.bold("The same after temperature"),
    table(
      [
        { title: "" },
        { title: "at the end", ...right },
        { title: "same accuracy", ...right },
        { title: "temperature" },
      ],
      study.contrasts.map(({ arm, against: other, endAfter, matchedAfter, temperature }) => [
        `${arm} - ${other}`,
        interval(endAfter),
        interval(matchedAfter),
        temperature ?? "",
      ]),
    ),
    "",
    `${colours.bold("Confidence less votes for the prediction")} ${colours.dim("(decides nothing)")}`,
    table(
      [{ title: "" }, { title: "at the end", ...right }, { title: "same accuracy", ...right }],
      study.contrasts.map(({ arm, against: other, others }) => [
        `${arm} - ${other}`,
        interval(others.overconfidence),
        interval(others.matchedOverconfidence),
      ]),
    ),
    "",
    ...study.contrasts.flatMap(({ question, verdict }) =>
      wrapped(`${verdict}: ${questions[question].says}`, width - 4).map((line, i) =>
        i === 0 ? `  ${line}` : `    ${line}`,
      ),
    ),
    "",
    `wrote ${out}/results.json, contrasts.svg and arms.svg`,
  ];
  return lines.join("\n");
}

function interval({ mean, low, high }: SeedDifference): string {
  const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(3)}`.replace("0.", ".");
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}
