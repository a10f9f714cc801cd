/**
 * The data map coloured by a number of each example instead of correctness, such as the agreement of its annotators. Beside it: the number's mean by
 * confidence and by variability, with intervals, and its histogram.
 */

import * as Plot from "@observablehq/plot";
import { UserError } from "../core/errors.js";
import { defaultRegionRule, type DataMap } from "../map/map.js";
import { hasPlace, placeAcross, placeUp, type Area, type MapArea } from "./area.js";
import { cellPixels, densityMarks } from "./density-marks.js";
import { histogram } from "./density.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { frameOf, shortCount } from "./histograms.js";
import { acrossExtent, acrossTicks, mapAxes, mapMargins, shortNumber, thresholdLines } from "./map-axes.js";
import { markerOf } from "./markers.js";
import { panel } from "./panel.js";
import { pointStyle } from "./point-marks.js";
import { regionLabels, type Thresholds } from "./region-labels.js";
import { correctnessColour, themeOf, type Theme } from "./theme.js";
import { valueLegend } from "./value-legend.js";

/** The mean of the number among examples of nearly the same coordinate. */
export interface ValueBin {
  /** Mean coordinate of the bin. */
  readonly at: number;
  readonly mean: number;
  /** null: none is drawn. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface ValueMapData {
  /** Of the examples that are drawn. */
  readonly map: DataMap;
  /** What colour says: `agreement`. */
  readonly name: string;
  /** One a row of the map; NaN leaves the example out. */
  readonly values: Float64Array;
  /** Ends of the colours. */
  readonly extent: { readonly from: number; readonly to: number };
  readonly byConfidence: readonly ValueBin[];
  readonly byVariability: readonly ValueBin[];
}

/** The width is 860 by default; below 620 the panels stand under the map. */
export interface ValueMapFigureOptions extends FigureOptions {
  /** Up to so many examples are drawn one by one, more as a density. Default: 12,000. */
  readonly mostPoints?: number | undefined;
  /** Where the regions part. Default: confidence 0.5, variability 0.2. */
  readonly thresholds?: Thresholds | undefined;
}

const narrow = 620;
const panelHeight = 150;
const colourSteps = 20;
const defaultThresholds: Thresholds = {
  confidence: defaultRegionRule.confidence,
  variability: typeof defaultRegionRule.variability === "number" ? defaultRegionRule.variability : null,
};

/** @returns an SVG document. @throws UserError where no example has a place and a value */
export function plotValueMap(data: ValueMapData, options: ValueMapFigureOptions = {}): string {
  const { map, values, extent, name } = data;
  const { mostPoints = 12_000, thresholds = defaultThresholds } = options;
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 860);
  const shown = map.confidence.reduce((n, _, i) => n + (drawn(data, i) ? 1 : 0), 0);
  if (shown === 0)
    throw new UserError({
      subject: "figure",
      problem: `no example has confidence, variability and ${name}`,
      remedy: "record logits or gold probabilities",
    });
  const stacked = width < narrow;
  const left = map.size - shown;
  const notes = left === 0 ? [] : [`${left.toLocaleString("en-US")} without a place or ${name} left out`];
  const head = figureHead(theme, width, options, notes);
  const mapWidth = stacked ? width - 2 * margin : Math.round((width - 3 * margin) * 0.66);
  const inner = mapWidth - mapMargins.left - mapMargins.right;
  const area: MapArea = {
    left: margin + mapMargins.left,
    top: head.height + mapMargins.top,
    width: inner,
    height: Math.round(Math.min(inner * 0.94, 580)),
    across: acrossExtent(map, thresholds.variability === null ? undefined : thresholds.variability + 0.05),
    up: { from: 0, to: 1 },
  };
  const bottom = area.top + area.height + mapMargins.bottom;
  const points = shown <= mostPoints;
  const shares = values.map((value) => (value - extent.from) / (extent.to - extent.from || 1));
  const legend = valueLegend(theme, margin, bottom + 4, mapWidth, { name, extent, cells: !points });
  const cells = { ...map, correctness: shares };
  const parts = [
    head.svg,
    mapAxes(theme, area),
    points
      ? valueMarks(data, shares, theme, area, shown)
      : densityMarks(withValues(cells, data), { theme, area, cell: cellPixels(shown, area) }),
    thresholdLines(theme, area, thresholds),
    regionLabels(theme, map, area, thresholds, true),
    legend.svg,
  ];
  const mapBottom = bottom + 4 + legend.height;
  const box = stacked
    ? { left: margin, top: mapBottom + margin, width: mapWidth, height: 3 * panelHeight }
    : {
        left: 2 * margin + mapWidth,
        top: area.top - mapMargins.top,
        width: width - 3 * margin - mapWidth,
        height: bottom - area.top + mapMargins.top,
      };
  parts.push(...panels(theme, data, area, box));
  return figure(theme, width, (stacked ? box.top + box.height : mapBottom) + margin, options, parts);
}

function drawn({ map, values }: ValueMapData, i: number): boolean {
  return hasPlace(map.confidence[i]!, map.variability[i]!) && !Number.isNaN(values[i]);
}

/** Those without a value get no place. */
function withValues<T extends DataMap>(map: T, data: ValueMapData): T {
  return { ...map, confidence: map.confidence.map((c, i) => (drawn(data, i) ? c : NaN)) };
}

/** The commonest colour lies at the bottom, so that the rare are seen. */
function valueMarks(
  data: ValueMapData,
  shares: Float64Array,
  theme: Theme,
  area: MapArea,
  crowd: number,
): string {
  const { radius, opacity } = pointStyle(crowd, area.width * area.height);
  const marker = markerOf(1, radius);
  const groups = new Map<number, string[]>();
  const { confidence, variability } = data.map;
  for (let i = 0; i < confidence.length; i++) {
    if (!drawn(data, i)) continue;
    const step = Math.max(0, Math.min(colourSteps, Math.round(shares[i]! * colourSteps)));
    const group = groups.get(step) ?? [];
    groups.set(step, group);
    group.push(marker(placeAcross(area, variability[i]!), placeUp(area, confidence[i]!)));
  }
  return [...groups]
    .sort(([a, marks], [b, others]) => others.length - marks.length || b - a)
    .map(([step, marks]) => {
      const colour = correctnessColour(theme, step / colourSteps);
      return `<g fill="${colour}" fill-opacity="${opacity}">${marks.join("")}</g>`;
    })
    .join("\n");
}

function panels(theme: Theme, data: ValueMapData, area: MapArea, box: Area): string[] {
  const { name, values, extent, byConfidence, byVariability } = data;
  const height = Math.floor(box.height / 3);
  const place = (i: number): Area => ({ ...box, top: box.top + i * height, height });
  const means = [...byConfidence, ...byVariability].flatMap(({ mean, interval }) =>
    interval === null ? [mean] : [mean, interval.low, interval.high],
  );
  const up = roundOut(Math.min(...means), Math.max(...means), extent);
  const unit = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    meansPanel(theme, "confidence", name, byConfidence, { from: 0, to: 1 }, unit, up, place(0)),
    meansPanel(
      theme,
      "variability",
      name,
      byVariability,
      area.across,
      acrossTicks(area.across),
      up,
      place(1),
    ),
    valuesPanel(theme, name, values, extent, place(2)),
  ];
}

/** Twentieths of the extent around what is drawn: means differ by less than the examples do. */
function roundOut(low: number, high: number, extent: { from: number; to: number }): [number, number] {
  const step = (extent.to - extent.from) / 20 || 0.05;
  const from = extent.from + Math.floor((low - extent.from) / step - 1e-9) * step;
  const to = extent.from + Math.ceil((high - extent.from) / step + 1e-9) * step;
  return [Math.max(extent.from, from), Math.min(extent.to, Math.max(to, from + 2 * step))];
}

function meansPanel(
  theme: Theme,
  label: string,
  name: string,
  bins: readonly ValueBin[],
  extent: { from: number; to: number },
  ticks: number[],
  up: [number, number],
  box: Area,
): string {
  const colour = theme.series[0] ?? theme.ink;
  const ranges = bins.filter(({ interval }) => interval !== null);
  return panel(theme, box.left, box.top, {
    ...frameOf(box),
    x: {
      domain: [extent.from, extent.to],
      label,
      labelAnchor: "center",
      labelArrow: "none",
      ticks,
      tickFormat: shortNumber,
    },
    y: {
      domain: up,
      label: `mean ${name}`,
      labelAnchor: "top",
      labelArrow: "none",
      ticks: 4,
      tickFormat: shortNumber,
    },
    marks: [
      Plot.frame({ stroke: theme.rule }),
      Plot.ruleX(ranges, {
        x: "at",
        y1: ({ interval }: ValueBin) => Math.max(up[0], interval?.low ?? NaN),
        y2: ({ interval }: ValueBin) => Math.min(up[1], interval?.high ?? NaN),
        stroke: colour,
        strokeWidth: 1.5,
      }),
      Plot.line(bins, { x: "at", y: "mean", stroke: colour, strokeOpacity: 0.5 }),
      Plot.dot(bins, { x: "at", y: "mean", fill: colour, r: 2.5 }),
    ],
  });
}

function valuesPanel(
  theme: Theme,
  name: string,
  values: Float64Array,
  extent: { from: number; to: number },
  box: Area,
): string {
  // A bar around each step of the colours: shares of few votes stand in the middle of theirs.
  const step = (extent.to - extent.from) / colourSteps || 0.05;
  const domain = { from: extent.from - step / 2, to: extent.from + (colourSteps + 0.5) * step };
  const counts = histogram(values, domain, colourSteps + 1);
  const bars = Array.from(counts, (n, i) => ({
    from: domain.from + i * step,
    to: domain.from + (i + 1) * step,
    n,
    fill: correctnessColour(theme, i / colourSteps),
  }));
  const most = counts.reduce((max, n) => Math.max(max, n), 1);
  return panel(theme, box.left, box.top, {
    ...frameOf(box),
    x: {
      domain: [domain.from, domain.to],
      label: name,
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 5,
      tickFormat: shortNumber,
    },
    y: {
      domain: [0, most],
      label: "examples",
      labelAnchor: "top",
      labelArrow: "none",
      ticks: Math.min(4, most),
      tickFormat: shortCount,
      nice: true,
    },
    marks: [
      Plot.rectY(bars, { x1: "from", x2: "to", y: "n", fill: "fill", insetLeft: 0.5, insetRight: 0.5 }),
      Plot.ruleY([0], { stroke: theme.faint }),
    ],
  });
}
