/** How chosen examples were learned: the gold probability of each, epoch by epoch. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { themeOf } from "./theme.js";
import { trajectoriesApart } from "./trajectories-apart.js";
import { trajectoriesTogether } from "./trajectories-together.js";
import type { Trajectory } from "./trajectory.js";

/** The width is 720 by default. */
export interface TrajectoriesFigureOptions extends FigureOptions {
  /** What the thin lines are, in words. Default: the other labels. */
  readonly others?: string | undefined;
}

/** So many lines can be told apart in one panel. */
const mostTogether = 8;

/**
 * Draws the trajectories: in one panel where they are up to eight, else, and where other classes are given, in a panel each.
 *
 * @returns an SVG document
 * @throws UserError where there is nothing to draw
 */
export function plotTrajectories(
  trajectories: readonly Trajectory[],
  options: TrajectoriesFigureOptions = {},
): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 720);
  if (trajectories.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no example to draw",
      remedy: "name some with --trajectories or --examples",
    });
  }
  if (!trajectories.some(({ probabilities }) => probabilities.some((p) => Number.isFinite(p)))) {
    throw new UserError({
      subject: "figure",
      problem: "these examples have no gold probabilities",
      remedy: "record logits or gold probabilities",
    });
  }
  const apart =
    trajectories.length > mostTogether || trajectories.some(({ others }) => (others?.length ?? 0) > 0);
  const notes = trajectories.some(({ others }) => (others?.length ?? 0) > 0)
    ? [`thick: the gold label; thin: ${options.others ?? "the other labels"}`]
    : [];
  const head = figureHead(theme, width, options, notes);
  const box = { left: margin, top: head.height, width: width - 2 * margin };
  const body = apart
    ? trajectoriesApart(theme, trajectories, box)
    : trajectoriesTogether(theme, trajectories, box);
  return figure(theme, width, head.height + body.height + margin, options, [head.svg, body.svg]);
}
