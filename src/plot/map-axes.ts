/** The frame of a map: variability across, confidence up, and the lines where the regions part. */

import * as Plot from "@observablehq/plot";
import type { Extent, MapArea } from "./area.js";
import { hasPlace, placeAcross, placeUp } from "./area.js";
import { panel } from "./panel.js";
import { round } from "./round.js";
import type { Theme } from "./theme.js";
import type { Thresholds } from "./region-labels.js";

/** Around the area: room for ticks and axis names. */
export const mapMargins = { left: 46, top: 10, right: 12, bottom: 42 };

/**
 * The variability that a map's width shows: from 0 to the next twentieth at or above the largest, and to `least` at the least. (1/2 is the
 * most that a population deviation of probabilities can be; an imported sample deviation may be more.)
 */
export function acrossExtent(
  { confidence, variability }: { readonly confidence: Float64Array; readonly variability: Float64Array },
  least = 0.1,
): Extent {
  let most = least;
  for (let i = 0; i < variability.length; i++) {
    const v = variability[i]!;
    if (v > most && hasPlace(confidence[i]!, v)) most = v;
  }
  const perUnit = most <= 0.5 ? 20 : 10;
  return { from: 0, to: Math.min(1, Math.ceil(most * perUnit - 1e-9) / perUnit) };
}

/** Ticks that end on the extent where they can. */
export function acrossTicks({ to }: Extent): number[] {
  const step = to <= 0.15 ? 0.05 : to <= 0.5 ? 0.1 : 0.2;
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, i) => round(i * step));
}

/** One decimal, two where one would not do: 0.0, 0.1, 0.05. */
export function shortNumber(value: number): string {
  return value.toFixed(Math.abs(value * 10 - Math.round(value * 10)) < 1e-9 ? 1 : 2);
}

/** SVG of frame, ticks and axis names around the area. */
export function mapAxes(theme: Theme, area: MapArea): string {
  const { left, top, right, bottom } = mapMargins;
  return panel(theme, area.left - left, area.top - top, {
    width: area.width + left + right,
    height: area.height + top + bottom,
    marginLeft: left,
    marginTop: top,
    marginRight: right,
    marginBottom: bottom,
    x: {
      domain: [area.across.from, area.across.to],
      label: "variability",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: acrossTicks(area.across),
      tickFormat: shortNumber,
    },
    y: {
      domain: [area.up.from, area.up.to],
      label: "confidence",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      tickFormat: shortNumber,
    },
    marks: [Plot.frame({ stroke: theme.rule })],
  });
}

/** SVG of the lines where the regions part, thin and over the marks. */
export function thresholdLines(theme: Theme, area: MapArea, { confidence, variability }: Thresholds): string {
  const y = round(placeUp(area, confidence));
  const lines = [`<line x1="${area.left}" x2="${area.left + area.width}" y1="${y}" y2="${y}"/>`];
  if (variability !== null && variability < area.across.to) {
    const x = round(placeAcross(area, variability));
    lines.push(`<line x1="${x}" x2="${x}" y1="${area.top}" y2="${area.top + area.height}"/>`);
  }
  return `<g stroke="${theme.ink}" stroke-opacity="0.4" stroke-width="0.8" stroke-dasharray="4 3">${lines.join("")}</g>`;
}
