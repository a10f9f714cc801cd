/**
 * The data map (Swayamdipta et al. 2020, figure 1): variability across, confidence up, colour and marker by correctness, the regions
 * named where they lie, and three histograms beside it.
 */

import * as Plot from "@observablehq/plot";
import { UserError } from "../core/errors.js";
import type { DataMap } from "../map/map.js";
import { histogram, type Extent } from "./density.js";
import { figure, headHeight, margin, patchedText, patchWidth, type FigureText } from "./figure.js";
import { mapMarks, type Area } from "./map-marks.js";
import { markerPath } from "./markers.js";
import { panel } from "./panel.js";
import { correctnessColour, themes, type Theme, type ThemeName } from "./theme.js";

export interface MapFigureOptions extends FigureText {
  /** Default: light. */
  readonly theme?: ThemeName | undefined;
  /** Of the figure, in pixels, from 240 on. Default: 860; compact 520. */
  readonly width?: number | undefined;
  /** The map alone, without histograms. Default: false. */
  readonly compact?: boolean | undefined;
  /** Up to so many examples are drawn one by one, more as a density. Default: 6,000. */
  readonly mostPoints?: number | undefined;
  /** Thresholds that are drawn as lines. Default: confidence 0.5, variability 0.2 where the map has regions. */
  readonly thresholds?: { readonly confidence: number; readonly variability: number | null } | undefined;
}

const bins = 25;
/** Below this the histograms stand under the map. */
const narrow = 620;

/**
 * Draws a map. The same map and options give the same text.
 *
 * @returns an SVG document
 * @throws UserError where no example has both confidence and variability
 */
export function plotMap(map: DataMap, options: MapFigureOptions = {}): string {
  const { compact = false, mostPoints = 6000 } = options;
  const theme = themes[options.theme ?? "light"];
  const width = options.width ?? (compact ? 520 : 860);
  const stacked = !compact && width < narrow;
  const mapWidth = compact || stacked ? width - 2 * margin : Math.round((width - 3 * margin) * 0.68);
  const mapHeight = Math.round(Math.min(mapWidth * 0.92, 620));
  const across: Extent = { from: 0, to: acrossEnd(map) };
  const up: Extent = { from: 0, to: 1 };
  const plotArea: Area = { left: 46, top: 12, width: mapWidth - 58, height: mapHeight - 54 };
  const marks = mapMarks(map, { theme, area: plotArea, across, up, mostPoints });
  if (marks.drawn === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no example has both confidence and variability",
      remedy: "record gold probabilities or logits (margins alone place nothing on a map)",
    });
  }
  const text = withLeftOut(options, map.size - marks.drawn);
  const top = headHeight(text);
  const legend = hasCorrectness(map)
    ? correctnessLegend(theme, map, mapWidth, marks.points)
    : { svg: "", height: 0 };
  const legendTop = top + mapHeight + 6;
  const parts = [
    mapPanel(
      theme,
      map,
      { x: margin, y: top, width: mapWidth, height: mapHeight },
      plotArea,
      across,
      marks.svg,
      options,
    ),
    `<g transform="translate(${margin},${legendTop})">${legend.svg}</g>`,
  ];
  let bottom = legendTop + legend.height;
  if (!compact) {
    const beside = histogramPanels(theme, map, across, {
      x: stacked ? margin : 2 * margin + mapWidth,
      y: stacked ? bottom + margin : top,
      width: stacked ? mapWidth : width - 3 * margin - mapWidth,
      height: stacked ? 3 * 130 : mapHeight,
    });
    parts.push(beside);
    if (stacked) bottom += margin + 3 * 130;
  }
  return figure(theme, width, bottom + margin, text, parts);
}

/** The most that variability can be is 1/2; a map that stays far below gets a narrower axis. */
function acrossEnd({ variability }: DataMap): number {
  let most = 0;
  for (const value of variability) if (value > most) most = value;
  return Math.max(0.1, Math.min(0.5, Math.ceil(most * 20 + 1e-9) / 20));
}

function withLeftOut(options: MapFigureOptions, leftOut: number): FigureText {
  const { title, subtitle } = options;
  if (leftOut === 0) return { title, subtitle };
  const note = `${leftOut.toLocaleString("en-US")} without coordinates left out`;
  return { title, subtitle: subtitle ? `${subtitle} · ${note}` : note };
}

function hasCorrectness({ correctness }: DataMap): boolean {
  return correctness.some((share) => share >= 0);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function mapPanel(
  theme: Theme,
  map: DataMap,
  box: Box,
  area: Area,
  across: Extent,
  marks: string,
  { thresholds }: MapFigureOptions,
): string {
  const { confidence, variability } = thresholds ?? { confidence: 0.5, variability: 0.2 };
  const rules = [
    Plot.ruleY([confidence], { stroke: theme.rule, strokeDasharray: "4 3", x1: 0, x2: across.to }),
    ...(variability !== null && variability < across.to
      ? [Plot.ruleX([variability], { stroke: theme.rule, strokeDasharray: "4 3", y1: 0, y2: 1 })]
      : []),
  ];
  const axes = panel(theme, box.x, box.y, {
    width: box.width,
    height: box.height,
    marginLeft: area.left,
    marginTop: area.top,
    marginRight: box.width - area.left - area.width,
    marginBottom: box.height - area.top - area.height,
    x: {
      domain: [across.from, across.to],
      label: "variability",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 6,
    },
    y: { domain: [0, 1], label: "confidence", labelAnchor: "center", labelArrow: "none", ticks: 6 },
    marks: [Plot.frame({ stroke: theme.rule }), ...rules],
  });
  const regions = map.regions.some((region) => region !== 255);
  const size = box.width < 380 ? 11 : 13;
  // Variability is at most sqrt(confidence (1 - confidence)): near the top and the bottom nothing lies to the right of this.
  const beyond = (name: string, limit: number): number => {
    const width = patchWidth(name, size);
    return Math.min(
      area.left + (limit / across.to) * area.width + width / 2,
      area.left + area.width - width / 2 - 4,
    );
  };
  const at = (confidence: number): number => area.top + (1 - confidence) * area.height;
  const names: [string, number, number][] = [
    ["easy-to-learn", beyond("easy-to-learn", 0.23), at(0.955)],
    ["ambiguous", beyond("ambiguous", 0.5), at(0.5)],
    ["hard-to-learn", beyond("hard-to-learn", 0.23), at(0.045)],
  ];
  const labels = regions ? names.map(([name, x, y]) => patchedText(theme, name, x, y, size)).join("") : "";
  return `${axes}<g transform="translate(${box.x},${box.y})">${marks}${labels}</g>`;
}

/** One marker for each value that correctness takes, or up to seven steps of it. */
function correctnessLegend(
  theme: Theme,
  map: DataMap,
  width: number,
  points: boolean,
): { svg: string; height: number } {
  const steps = map.epochs > 0 && map.epochs <= 6 ? map.epochs : 5;
  const item = width < 420 ? 40 : 52;
  const label = width < 420 ? "correct" : "correctness";
  const start = width < 420 ? 54 : 82;
  const items = Array.from({ length: steps + 1 }, (_, step) => {
    const share = step / steps;
    const x = start + step * item;
    const colour = correctnessColour(theme, share);
    const mark = points
      ? `<path d="${markerPath(share, x, 9, 4.2)}" fill="${colour}"/>`
      : `<rect x="${x - 5}" y="4" width="10" height="10" fill="${colour}"/>`;
    return `${mark}<text x="${x + 8}" y="13" font-size="11" fill="${theme.ink}">${share.toFixed(share === 0 || share === 1 ? 0 : 1)}</text>`;
  });
  const shade = points
    ? ""
    : `<text x="0" y="30" font-size="10.5" fill="${theme.faint}">fuller colour: more examples (log scale)</text>`;
  return {
    svg: `<text x="0" y="13" font-size="11" fill="${theme.ink}">${label}</text>${items.join("")}${shade}`,
    height: points ? 20 : 38,
  };
}

function histogramPanels(theme: Theme, map: DataMap, across: Extent, box: Box): string {
  const height = Math.floor(box.height / 3);
  const unit: Extent = { from: 0, to: 1 };
  const rows: [string, Float64Array, Extent, number][] = [
    ["confidence", map.confidence, unit, bins],
    ["variability", map.variability, across, bins],
  ];
  const drawn = rows.map(([label, values, extent, count], i) =>
    histogramPanel(theme, label, histogram(values, extent, count), extent, {
      ...box,
      y: box.y + i * height,
      height,
    }),
  );
  if (hasCorrectness(map))
    drawn.push(correctnessPanel(theme, map, { ...box, y: box.y + 2 * height, height }));
  return drawn.join("");
}

function histogramPanel(
  theme: Theme,
  label: string,
  counts: Uint32Array,
  { from, to }: Extent,
  box: Box,
): string {
  const step = (to - from) / counts.length;
  const bars = Array.from(counts, (n, i) => ({ x1: from + i * step, x2: from + (i + 1) * step, n }));
  return panel(theme, box.x, box.y, {
    ...histogramFrame(box),
    x: { domain: [from, to], label, labelAnchor: "center", labelArrow: "none", ticks: 5 },
    y: countAxis(counts),
    marks: [
      Plot.rectY(bars, {
        x1: "x1",
        x2: "x2",
        y: "n",
        fill: theme.bar,
        inset: 0,
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleY([0], { stroke: theme.rule }),
    ],
  });
}

/** Correctness takes epochs + 1 values: a bar each, in the colour that the map gives it. */
function correctnessPanel(theme: Theme, map: DataMap, box: Box): string {
  const steps = map.epochs > 0 && map.epochs <= 12 ? map.epochs : 10;
  const counts = new Uint32Array(steps + 1);
  for (const share of map.correctness) if (share >= 0) counts[Math.round(share * steps)]!++;
  const bars = Array.from(counts, (n, i) => ({
    share: i / steps,
    n,
    fill: correctnessColour(theme, i / steps),
  }));
  const half = 0.42 / steps;
  return panel(theme, box.x, box.y, {
    ...histogramFrame(box),
    x: {
      domain: [-0.5 / steps, 1 + 0.5 / steps],
      label: "correctness",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
    },
    y: countAxis(counts),
    marks: [
      Plot.rectY(bars, {
        x1: ({ share }: { share: number }) => share - half,
        x2: ({ share }: { share: number }) => share + half,
        y: "n",
        fill: "fill",
      }),
      Plot.ruleY([0], { stroke: theme.rule }),
    ],
  });
}

function histogramFrame({
  width,
  height,
}: Box): { width: number; height: number } & Record<`margin${string}`, number> {
  return { width, height, marginLeft: 44, marginRight: 18, marginTop: 12, marginBottom: 40 };
}

function countAxis(counts: Uint32Array): Plot.ScaleOptions {
  const most = counts.reduce((max, n) => Math.max(max, n), 1);
  return { domain: [0, most], label: null, ticks: Math.min(4, most), tickFormat: shortCount, nice: true };
}

/** 1500 -> 1.5k */
function shortCount(n: number): string {
  if (n >= 1e6) return `${Number((n / 1e6).toFixed(1))}M`;
  if (n >= 1e3) return `${Number((n / 1e3).toFixed(1))}k`;
  return Number.isInteger(n) ? String(n) : "";
}
