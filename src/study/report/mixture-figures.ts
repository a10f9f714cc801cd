/**
 * Mixtures of three strategies as triangles, where a study tried enough of them: each strategy alone, and each two by halves. Through
 * these six points runs exactly one quadratic surface (Scheffe's, 1958); further mixtures show how far it can be trusted.
 */

import { plotTernary, type Mixture, type Shares } from "../../plot/ternary-figure.js";
import type { Analysis } from "../results/analysis.js";
import { mainBudget, type Arm } from "../results/arms.js";
import type { ArmSpec } from "../spec/spec.js";
import { deviation, mean } from "../statistics/moments.js";
import type { ReportFigure } from "./report.js";

/** Strategies in the order of a triangle's corners. Others follow. */
const order = ["easy", "ambiguous", "hard", "random"];

interface Tried {
  readonly shares: ReadonlyMap<string, number>;
  /** One a replicate: mean accuracy over the test sets. */
  readonly scores: readonly number[];
}

/** One figure for each size (and each other setting) at which three strategies were mixed so; of several threes the first by `order`. */
export function mixtureFigures({ arms, tests }: Analysis, specs: readonly ArmSpec[]): ReportFigure[] {
  const ood = tests.filter(({ kind }) => kind === "ood");
  const judged = (ood.length > 0 ? ood : tests).map(({ name }) => name);
  const budget = mainBudget(arms);
  const groups = new Map<string, { title: string; tried: Tried[] }>();
  for (const { name, recipe } of specs) {
    const arm = arms.find((own) => own.name === name && own.budget === budget);
    if (!recipe || !arm) continue;
    const { by, mix = [], ...rest } = recipe;
    const shares = new Map([[by, 1]]);
    for (const part of mix) {
      shares.set(by, shares.get(by)! - part.share);
      shares.set(part.by, (shares.get(part.by) ?? 0) + part.share);
    }
    const key = JSON.stringify(rest, (_, value: unknown) => (Array.isArray(value) ? value.length : value));
    const group = groups.get(key) ?? { title: titleOf(rest), tried: [] };
    groups.set(key, { ...group, tried: [...group.tried, { shares, scores: scoresOf(arm, judged) }] });
  }
  const where = ood.length > 0 ? "out of distribution" : "on the test sets";
  return [...groups.values()]
    .flatMap(({ title, tried }) => {
      const corners = threeOf(tried);
      if (corners === null) return [];
      const figureTitle = `Mixtures of ${corners.join(", ")}: ${title}`;
      const data = { corners, ...mixturesOf(corners, tried), label: `accuracy ${where}, %` };
      const caption = `Mean over ${judged.join(", ")} and over replicates.`;
      return [{ figureTitle, data, caption }];
    })
    .map(({ figureTitle, data, caption }, i) => ({
      name: i === 0 ? "triangle" : `triangle-${i + 1}`,
      title: figureTitle,
      caption,
      draw: (theme, width) => plotTernary(data, { theme, width, title: figureTitle, subtitle: caption }),
    }));
}

function titleOf({ fraction, count, ...rest }: Omit<NonNullable<ArmSpec["recipe"]>, "by" | "mix">): string {
  const size = fraction === undefined ? `${count ?? 0} examples` : `${Number((fraction * 100).toFixed(2))} %`;
  const others = Object.entries(rest).filter(([, value]) => value !== undefined);
  return [
    size,
    ...others.map(([key, value]) => `${key} ${typeof value === "object" ? "given" : String(value)}`),
  ].join(", ");
}

function scoresOf({ cells }: Arm, tests: readonly string[]): number[] {
  const replicates = new Map<number, number[]>();
  for (const test of tests)
    for (const { replicate, accuracy } of cells.get(test) ?? [])
      replicates.set(replicate, [...(replicates.get(replicate) ?? []), accuracy * 100]);
  return [...replicates.values()].map(mean);
}

/** Three strategies of which each was tried alone, and each two by halves; null where there are none. */
function threeOf(tried: readonly Tried[]): readonly [string, string, string] | null {
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = [...new Set(tried.flatMap(({ shares }) => [...shares.keys()]))].sort(
    (a, b) => rank(a) - rank(b),
  );
  for (const [i, a] of names.entries())
    for (const [j, b] of names.entries())
      for (const [k, c] of names.entries())
        if (i < j && j < k && lattice([a, b, c], tried) !== null) return [a, b, c];
  return null;
}

type Corners = readonly [string, string, string];

/** Means at the corners, then in the middles of the edges that lie opposite; null where one is lacking. */
function lattice(corners: Corners, tried: readonly Tried[]): readonly number[] | null {
  const points: Shares[] = [
    ...([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const),
    ...([
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ] as const),
  ];
  const found = points.map((point) =>
    tried.find(
      (own) =>
        own.scores.length > 0 && corners.every((name, i) => near(own.shares.get(name) ?? 0, point[i]!)),
    ),
  );
  return found.every((own) => own !== undefined) ? found.map((own) => mean(own.scores)) : null;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6;
}

function mixturesOf(
  corners: Corners,
  tried: readonly Tried[],
): { mixtures: Mixture[]; surface: (shares: Shares) => number } {
  const within = tried.filter(
    ({ shares, scores }) =>
      scores.length > 0 && [...shares].every(([name, share]) => near(share, 0) || corners.includes(name)),
  );
  const best = within.reduce((a, b) => (mean(b.scores) > mean(a.scores) ? b : a));
  const error = deviation(best.scores) / Math.sqrt(best.scores.length);
  const least = mean(best.scores) - (Number.isNaN(error) ? 0 : error);
  const mixtures = within.map(({ shares, scores }) => ({
    shares: corners.map((name) => shares.get(name) ?? 0) as unknown as Shares,
    value: mean(scores),
    best: mean(scores) >= least - 1e-9,
  }));
  const [a, b, c, bc, ac, ab] = lattice(corners, tried) as [number, number, number, number, number, number];
  const bend = (middle: number, one: number, other: number): number => 4 * middle - 2 * one - 2 * other;
  const surface = ([x, y, z]: Shares): number =>
    a * x + b * y + c * z + bend(bc, b, c) * y * z + bend(ac, a, c) * x * z + bend(ab, a, b) * x * y;
  return { mixtures, surface };
}
