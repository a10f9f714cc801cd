/** A few trajectories in one panel, told apart by colour and stroke. */

import * as Plot from "@observablehq/plot";
import { epochDomain, epochTicks } from "./epoch-ticks.js";
import { shortNumber } from "./map-axes.js";
import { panel } from "./panel.js";
import { round } from "./round.js";
import { escapeXml, fitText } from "./svg-text.js";
import type { Theme } from "./theme.js";
import type { Trajectory } from "./trajectory.js";

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

const rowHeight = 18;

export function trajectoriesTogether(
  theme: Theme,
  trajectories: readonly Trajectory[],
  { left, top, width }: Box,
): { svg: string; height: number } {
  const height = Math.round(Math.min(420, Math.max(220, width * 0.6)));
  const epochs = Math.max(...trajectories.map(({ probabilities }) => probabilities.length));
  const style = (series: number): { colour: string; dash: string } => ({
    colour: theme.series[series % theme.series.length] ?? theme.ink,
    dash: series < theme.series.length / 2 ? "" : "5 3",
  });
  const lines = trajectories.flatMap(({ probabilities }, series) => {
    const own = probabilities.map((p, epoch) => ({ epoch, p }));
    const { colour, dash } = style(series);
    return [
      Plot.line(own, {
        x: "epoch",
        y: "p",
        stroke: colour,
        strokeWidth: 2,
        ...(dash !== "" && { strokeDasharray: dash }),
      }),
      Plot.dot(own, { x: "epoch", y: "p", fill: colour, r: 3 }),
    ];
  });
  const chart = panel(theme, left, top, {
    width,
    height,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 10,
    marginBottom: 42,
    x: {
      domain: epochDomain(epochs),
      label: "epoch",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: epochTicks(epochs, width - 60),
      tickFormat: "d",
    },
    y: {
      domain: [0, 1],
      label: "gold probability",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 6,
      tickFormat: shortNumber,
    },
    marks: [Plot.gridY({ stroke: theme.rule, strokeOpacity: 0.6, ticks: 6 }), ...lines],
  });
  const columns = width >= 528 ? 2 : 1;
  const columnWidth = width / columns;
  const rows = Math.ceil(trajectories.length / columns);
  const legend = trajectories.map(({ id, note }, series) => {
    const { colour, dash } = style(series);
    const x = round(left + Math.floor(series / rows) * columnWidth);
    const y = top + height + 8 + (series % rows) * rowHeight + 12;
    const said = fitText(note === undefined ? id : `${id} · ${note}`, 11, columnWidth - 46);
    return (
      `<line x1="${x}" y1="${y - 4}" x2="${x + 26}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dash && ` stroke-dasharray="${dash}"`}/>` +
      `<circle cx="${x + 13}" cy="${y - 4}" r="3" fill="${colour}"/>` +
      `<text x="${x + 33}" y="${y}" font-size="11" fill="${theme.ink}">${escapeXml(said)}</text>`
    );
  });
  return { svg: [chart, ...legend].join("\n"), height: height + 8 + rows * rowHeight };
}
