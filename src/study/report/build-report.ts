/** A study's analysis as a report. Pure: the same analysis gives the same tables and figures. */

import type { Analysis, ArmScore } from "../results/analysis.js";
import type { ComparisonRow } from "../results/comparison-row.js";
import { reportFigures } from "./figures.js";
import type { Provenance, Report, ReportFigure, ReportTable } from "./report.js";
import { flaws, interval, percent, points, pValue } from "./say.js";

const left = (title: string) => ({ title, align: "left" as const });
const right = (title: string) => ({ title, align: "right" as const });

/** What a report has beyond the analysis. */
export interface BuildReportMore {
  /** Figures that need more: of mixtures, and of the maps that selected. Default: none. */
  readonly figures?: readonly ReportFigure[] | undefined;
  /** Tables of the study's own. Default: none. */
  readonly tables?: readonly ReportTable[] | undefined;
  /** Sentences that go before all others. Default: none. */
  readonly said?: readonly string[] | undefined;
}

export function buildReport(
  analysis: Analysis,
  provenance: Provenance,
  { figures = [], tables = [], said = [] }: BuildReportMore = {},
): Report {
  const { settings } = analysis;
  return {
    title: `Study ${provenance.name}`,
    findings: [...said, ...findings(analysis)],
    tables: [
      scoreTable(analysis),
      comparisonTable(analysis, "primary"),
      ...tables,
      comparisonTable(analysis, "exploratory"),
      stateTable(analysis),
      failureTable(analysis),
    ].filter(({ rows }) => rows.length > 0),
    figures: [...reportFigures(analysis), ...figures],
    provenance: [
      ...provenance.versions,
      ["bootstrap", `${settings.resamples} resamples, seed ${settings.seed}`],
      [
        "significance",
        `adjusted p < ${settings.alpha}; margin of equivalence ${points(settings.margin).slice(1)} points`,
      ],
      ...provenance.facts,
    ],
    commands: [provenance.command],
  };
}

function findings({ comparisons, arms, scores, failures }: Analysis): string[] {
  const primary = comparisons.filter(({ family }) => family === "primary");
  const title = titles(arms);
  const sure = primary
    .filter(({ verdict }) => verdict !== "inconclusive")
    .map((row) => {
      const how = row.verdict === "equivalent" ? "equivalent to" : `${row.verdict} than`;
      return `On ${row.test}, ${title(row.arm)} is ${how} ${title(row.against)} (${points(row.difference)} points ${interval(row.bootstrap)}, adjusted p ${pValue(row.adjusted)}).`;
    });
  const open = primary.length - sure.length;
  const cells = scores.reduce((sum, { replicates }) => sum + replicates, 0);
  const flawed = scores.reduce((sum, { replicates, states }) => sum + replicates - (states.ok ?? 0), 0);
  return [
    ...(arms.length === 0
      ? ["The study trained nothing but maps: there is no accuracy to compare."]
      : primary.length === 0
        ? ["The study has no primary comparison: all that follows is exploratory."]
        : sure),
    ...(open > 0
      ? [`${open} of ${primary.length} primary comparisons ${open === 1 ? "is" : "are"} inconclusive.`]
      : []),
    ...(flawed > 0
      ? [`${flawed} of ${cells} scores are of cells that are not ok: they are marked, and count.`]
      : []),
    ...(failures.length > 0
      ? [
          `${failures.length} ${failures.length === 1 ? "cell" : "cells"} failed and ${failures.length === 1 ? "is" : "are"} missing.`,
        ]
      : []),
  ];
}

function titles(arms: Analysis["arms"]): (key: string) => string {
  const byKey = new Map(arms.map(({ key, title }) => [key, title]));
  return (key) => byKey.get(key) ?? key;
}

function scoreTable({ arms, tests, scores }: Analysis): ReportTable {
  const byPlace = new Map(scores.map((score) => [`${score.arm} ${score.test}`, score]));
  return {
    name: "scores",
    title: "Accuracy",
    notes: [
      "Mean ± standard deviation over replicates, per cent. * some cells are not ok; ° not above chance.",
      `Always answering the commonest label scores ${tests.map(({ name, majority }) => `${percent(majority)} on ${name}`).join(", ")}.`,
    ],
    columns: [
      left("arm"),
      right("n"),
      right("replicates"),
      ...tests.map(({ name, kind }) => right(`${name} (${kind})`)),
    ],
    rows: arms.map(({ key, title, n }) => {
      const own = tests.map(({ name }) => byPlace.get(`${key} ${name}`));
      return [
        title,
        Math.round(n).toLocaleString("en-US"),
        String(Math.max(0, ...own.map((score) => score?.replicates ?? 0))),
        ...own.map((score) => (score === undefined ? "-" : scoreText(score))),
      ];
    }),
  };
}

function scoreText({ accuracy, deviation, states, replicates, aboveChance }: ArmScore): string {
  const flawed = (states.ok ?? 0) < replicates ? "*" : "";
  const spread = Number.isNaN(deviation) ? "" : ` ± ${percent(deviation)}`;
  return `${percent(accuracy)}${spread}${flawed}${aboveChance ? "" : "°"}`;
}

function comparisonTable({ arms, comparisons }: Analysis, family: ComparisonRow["family"]): ReportTable {
  const title = titles(arms);
  const primary = family === "primary";
  return {
    name: family,
    title: primary ? "Primary comparisons" : "Exploratory comparisons",
    notes: [
      `Differences of accuracy in points, the first arm less the second, paired by replicate; declared beforehand, p adjusted by ${primary ? "Holm over these rows" : "Benjamini and Hochberg over these rows"}.`,
      "Bootstrap: over replicates and test clusters. t: over replicates. Detects: the smallest difference that four of five such studies would find. ΔMCC: difference of Matthews correlations, x 100.",
    ],
    columns: [
      ...[
        left("test"),
        left("arm"),
        left("against"),
        right("n"),
        right("difference"),
        right("bootstrap 95 %"),
      ],
      ...[
        right("t 95 %"),
        right("p"),
        right("adjusted"),
        right("detects"),
        right("ΔMCC"),
        left("verdict"),
        left("cells not ok"),
      ],
    ],
    rows: comparisons
      .filter((row) => row.family === family)
      .map((row) => [
        row.test,
        title(row.arm),
        title(row.against),
        String(row.replicates),
        points(row.difference),
        interval(row.bootstrap),
        row.t === null ? "-" : interval(row.t),
        pValue(row.p),
        pValue(row.adjusted),
        row.detectable === null ? "-" : percent(row.detectable, 2),
        points(row.matthewsDifference, 1),
        row.because === null ? row.verdict : `${row.verdict}: ${row.because}`,
        flawText(row),
      ]),
  };
}

function flawText({ armStates, againstStates, differenceOk }: ComparisonRow): string {
  const sides = [flaws(armStates), flaws(againstStates)];
  if (sides.every((side) => side === "")) return "";
  const said = sides.map((side) => (side === "" ? "none" : side)).join(" / ");
  return `${said}; without them ${differenceOk === null ? "nothing is left" : points(differenceOk)}`;
}

function stateTable({ arms, scores }: Analysis): ReportTable {
  const title = titles(arms);
  return {
    name: "states",
    title: "Cells that are not ok",
    notes: [
      "Accuracy in per cent: on their own training examples, of all cells, and of those that are ok. States are defined in docs/statistics.md.",
    ],
    columns: [
      left("arm"),
      left("test"),
      left("states"),
      right("of"),
      right("train"),
      right("all"),
      right("ok alone"),
    ],
    rows: scores
      .filter(({ states, replicates }) => (states.ok ?? 0) < replicates)
      .map(({ arm, test, states, replicates, trainAccuracy, accuracy, accuracyOk }) => [
        title(arm),
        test,
        flaws(states),
        String(replicates),
        percent(trainAccuracy),
        percent(accuracy),
        accuracyOk === null ? "-" : percent(accuracyOk),
      ]),
  };
}

function failureTable({ failures }: Analysis): ReportTable {
  return {
    name: "failures",
    title: "Cells that failed",
    notes: ["They have no results; the study's command tries them again."],
    columns: [left("arm"), left("cell"), left("reason")],
    rows: failures.map(({ arm, cell, reason }) => [arm, cell, reason]),
  };
}
