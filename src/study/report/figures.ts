/** Which figures a study's report has: what its arms can show. */

import { plotCurves } from "../../plot/curves-figure.js";
import type { CurvesData } from "../../plot/curves.js";
import { plotIntervals, type IntervalsData } from "../../plot/intervals-figure.js";
import type { Analysis, ArmScore } from "../results/analysis.js";
import type { Arm, TestSet } from "../results/arms.js";
import type { ReportFigure } from "./report.js";

const accuracy = "accuracy, %";
const commonest = "always the commonest label";

/** Scores of all arms; primary differences; curves over the size and over the share mixed in, where at least three points make one. */
export function reportFigures(analysis: Analysis): ReportFigure[] {
  const { arms, tests, comparisons } = analysis;
  const figures: ReportFigure[] = [];
  if (analysis.scores.length > 0) {
    const data = scoreIntervals(analysis);
    figures.push(
      figureOf(
        "accuracy",
        "Accuracy of each arm",
        `Means over replicates with 95 % intervals over replicates and test clusters.${data.panels.some(({ reference }) => reference !== undefined) ? ` Dashed: ${commonest}.` : ""}`,
        (look) => plotIntervals(data, look),
      ),
    );
  }
  const primary = comparisons.filter(({ family }) => family === "primary");
  if (primary.length > 0) {
    const data = differenceIntervals(analysis);
    figures.push(
      figureOf(
        "differences",
        "Primary comparisons",
        "Differences of accuracy with 95 % bootstrap intervals; the verdict also asks the t test, adjusted.",
        (look) => plotIntervals(data, look),
      ),
    );
  }
  const sizes = curves(
    analysis,
    arms.filter(({ mixBy }) => mixBy === null),
    ({ n }) => n,
    {
      label: "training examples",
      scale: "log",
    },
  );
  if (sizes) {
    figures.push(
      figureOf(
        "sizes",
        "Accuracy by number of training examples",
        "Each curve is one strategy at several sizes.",
        (look) => plotCurves(sizes, look),
      ),
    );
  }
  const shares = curves(analysis, withUnmixed(arms), ({ mixShare }) => mixShare * 100, {
    label: "share replaced, %",
    scale: "linear",
  });
  if (shares) {
    figures.push(
      figureOf(
        "mixtures",
        "Accuracy by share that another strategy replaced",
        "At 0 the selection as it is.",
        (look) => plotCurves(shares, look),
      ),
    );
  }
  return figures.filter(() => tests.length > 0);
}

function figureOf(
  name: string,
  title: string,
  caption: string,
  plot: (look: {
    theme: "light" | "dark";
    width?: number | undefined;
    title: string;
    subtitle: string;
  }) => string,
): ReportFigure {
  return { name, title, caption, draw: (theme, width) => plot({ theme, width, title, subtitle: caption }) };
}

function panelTitle({ name, kind }: TestSet): string {
  return `${name} (${kind})`;
}

/** What always answering the commonest label scores, in per cent, where some arm may be no better: farther away it would squeeze the rest. */
function majorityOf({ name, majority }: TestSet, scores: readonly ArmScore[]): number | undefined {
  const reached = scores.some(({ test, interval }) => test === name && interval.low <= majority);
  return reached ? majority * 100 : undefined;
}

function flawed({ states, replicates }: ArmScore): boolean {
  return (states.ok ?? 0) < replicates;
}

function finder(scores: readonly ArmScore[]): (arm: string, test: string) => ArmScore | undefined {
  const byPlace = new Map(scores.map((score) => [`${score.arm} ${score.test}`, score]));
  return (arm, test) => byPlace.get(`${arm} ${test}`);
}

function scoreIntervals({ arms, tests, scores }: Analysis): IntervalsData {
  const find = finder(scores);
  return {
    label: accuracy,
    panels: tests.map((test) => ({ title: panelTitle(test), reference: majorityOf(test, scores) })),
    rows: arms.map(({ key, title, cells }) => ({
      name: title,
      dots: tests.map(({ name }) => {
        const score = find(key, name);
        if (score === undefined) return null;
        const { low, high } = score.interval;
        return {
          ...{ value: score.accuracy * 100, low: low * 100, high: high * 100 },
          sign: flawed(score) ? ("flawed" as const) : ("sound" as const),
          single: (cells.get(name) ?? []).map((cell) => cell.accuracy * 100),
        };
      }),
    })),
  };
}

function differenceIntervals({ arms, tests, comparisons }: Analysis): IntervalsData {
  const primary = comparisons.filter(({ family }) => family === "primary");
  const shown = tests.filter(({ name }) => primary.some(({ test }) => test === name));
  const title = new Map(arms.map((arm) => [arm.key, arm.title]));
  const pairs = [
    ...new Map(primary.map(({ arm, against }) => [`${arm} ${against}`, { arm, against }])).values(),
  ];
  return {
    label: "difference, points",
    panels: shown.map((test) => ({ title: panelTitle(test), reference: 0 })),
    rows: pairs.map(({ arm, against }) => ({
      name: `${title.get(arm) ?? arm} less ${title.get(against) ?? against}`,
      dots: shown.map(({ name }) => {
        const row = primary.find((own) => own.arm === arm && own.against === against && own.test === name);
        if (row === undefined) return null;
        const { difference, bootstrap, verdict } = row;
        return {
          value: difference * 100,
          low: bootstrap.low * 100,
          high: bootstrap.high * 100,
          sign: verdict,
        };
      }),
    })),
  };
}

/** Arms that differ only in where they stand on the axis make a curve; null where no curve has three points. */
function curves(
  { tests, scores }: Analysis,
  arms: readonly (Arm & { readonly curve?: string })[],
  across: (arm: Arm) => number,
  axis: CurvesData["across"],
): CurvesData | null {
  const find = finder(scores);
  const groups = new Map<string, Arm[]>();
  for (const arm of arms) {
    const name = arm.curve ?? curveName(arm, arms);
    groups.set(name, [...(groups.get(name) ?? []), arm]);
  }
  const spread = (own: readonly Arm[]): number => new Set(own.map(across)).size;
  // Of two arms at one place something else differs, too: they make no curve.
  const isCurve = (own: readonly Arm[]): boolean => spread(own) >= 3 && spread(own) === own.length;
  const kept = [...groups].filter(([, own]) => isCurve(own) || own.every(({ by }) => by === "all"));
  if (!kept.some(([, own]) => isCurve(own))) return null;
  return {
    names: kept.map(([name]) => name),
    across: axis,
    up: accuracy,
    reference: commonest,
    panels: tests.map((test) => ({
      title: panelTitle(test),
      reference: majorityOf(test, scores),
      curves: kept.map(([, own]) =>
        [...own]
          .sort((a, b) => across(a) - across(b))
          .flatMap((arm) => {
            const score = find(arm.key, test.name);
            if (score === undefined) return [];
            const { low, high } = score.interval;
            const place = { x: across(arm), value: score.accuracy * 100 };
            return [{ ...place, low: low * 100, high: high * 100, flawed: flawed(score) }];
          }),
      ),
    })),
  };
}

function curveName(arm: Arm, arms: readonly Arm[]): string {
  const several = (of: (arm: Arm) => string | null): boolean => new Set(arms.map(of)).size > 1;
  return [
    arm.by === "all" ? "100 %" : arm.by,
    arm.mixBy !== null && `with ${arm.mixBy}`,
    arm.balanced && "balanced",
    !arm.anyBudget && several(({ budget }) => budget) && `by ${arm.budget}`,
    several(({ trainer }) => trainer) && arm.trainer,
    arm.mapTrainer !== null && arm.mapTrainer !== arm.trainer && `map of ${arm.mapTrainer}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Mixtures, each beginning with the same selection unmixed. */
function withUnmixed(arms: readonly Arm[]): (Arm & { readonly curve: string })[] {
  const mixed = arms.filter(({ mixBy }) => mixBy !== null);
  const sizes = new Set(mixed.map(({ fraction }) => fraction)).size;
  const name = (arm: Arm): string =>
    `${curveName(arm, mixed)}${sizes > 1 ? `, ${Number((arm.fraction * 100).toFixed(2))} %` : ""}`;
  const begins = new Map<string, Arm>();
  for (const arm of mixed) {
    const start = arms.find(
      ({ by, mixBy, fraction, balanced, budget, trainer, mapTrainer }) =>
        mixBy === null &&
        by === arm.by &&
        fraction === arm.fraction &&
        balanced === arm.balanced &&
        budget === arm.budget &&
        trainer === arm.trainer &&
        mapTrainer === arm.mapTrainer,
    );
    if (start) begins.set(name(arm), start);
  }
  return [
    ...[...begins].map(([curve, arm]) => ({ ...arm, curve })),
    ...mixed.map((arm) => ({ ...arm, curve: name(arm) })),
  ];
}
