/** How chosen examples were learned: the gold probability of each, epoch by epoch. */

import * as Plot from "@observablehq/plot";
import { UserError } from "../core/errors.js";
import { figure, headHeight, margin, type FigureText } from "./figure.js";
import { panel, round } from "./panel.js";
import { escapeXml, fitText } from "./svg-text.js";
import { themes, type ThemeName } from "./theme.js";

export interface Trajectory {
  readonly id: string;
  /** What the legend says beside the id: the label, say. */
  readonly note?: string | undefined;
  /** Gold probability in each epoch; NaN where not recorded. */
  readonly probabilities: readonly number[];
}

export interface TrajectoriesFigureOptions extends FigureText {
  readonly theme?: ThemeName | undefined;
  /** In pixels. Default: 720. */
  readonly width?: number | undefined;
}

const dashes = ["", "6 3", "2 3", "8 3 2 3"];

/** @throws UserError where there is nothing to draw */
export function plotTrajectories(
  trajectories: readonly Trajectory[],
  options: TrajectoriesFigureOptions = {},
): string {
  const theme = themes[options.theme ?? "light"];
  const { width = 720 } = options;
  if (trajectories.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no example to draw",
      remedy: "name some with --trajectories or --examples",
    });
  }
  const points = trajectories.flatMap(({ probabilities }, series) =>
    probabilities.map((p, epoch) => ({ epoch, p, series })).filter(({ p }) => Number.isFinite(p)),
  );
  if (points.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "these examples have no gold probabilities",
      remedy: "record logits or gold probabilities",
    });
  }
  const top = headHeight(options);
  const height = Math.round(Math.min(420, width * 0.6));
  const epochs = Math.max(...trajectories.map(({ probabilities }) => probabilities.length));
  const style = (series: number): { colour: string; dash: string } => ({
    colour: theme.series[series % theme.series.length] ?? theme.ink,
    dash: dashes[Math.floor(series / theme.series.length) % dashes.length] ?? "",
  });
  const lines = trajectories.flatMap((_, series) => {
    const own = points.filter((point) => point.series === series);
    const { colour, dash } = style(series);
    return [
      Plot.line(own, {
        x: "epoch",
        y: "p",
        stroke: colour,
        strokeWidth: 2,
        ...(dash && { strokeDasharray: dash }),
      }),
      Plot.dot(own, { x: "epoch", y: "p", fill: colour, r: 3 }),
    ];
  });
  const chart = panel(theme, margin, top, {
    width: width - 2 * margin,
    height,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 10,
    marginBottom: 42,
    x: {
      domain: [0, Math.max(1, epochs - 1)],
      label: "epoch",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: Math.min(10, Math.max(1, epochs - 1)),
      tickFormat: "d",
    },
    y: { domain: [0, 1], label: "gold probability", labelAnchor: "center", labelArrow: "none", ticks: 6 },
    marks: [Plot.gridY({ stroke: theme.rule, strokeOpacity: 0.6, ticks: 6 }), ...lines],
  });
  const legendTop = top + height + 8;
  const columns = width >= 560 ? 2 : 1;
  const columnWidth = (width - 2 * margin) / columns;
  const rows = Math.ceil(trajectories.length / columns);
  const legend = trajectories.map(({ id, note }, series) => {
    const { colour, dash } = style(series);
    const x = round(margin + Math.floor(series / rows) * columnWidth);
    const y = legendTop + (series % rows) * 18 + 12;
    const said = fitText(note === undefined ? id : `${id}  ${note}`, 11, columnWidth - 42);
    return (
      `<line x1="${x}" y1="${y - 4}" x2="${x + 26}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dash && ` stroke-dasharray="${dash}"`}/>` +
      `<text x="${x + 33}" y="${y}" font-size="11" fill="${theme.ink}">${escapeXml(said)}</text>`
    );
  });
  return figure(theme, width, legendTop + rows * 18 + margin, options, [chart, ...legend]);
}
