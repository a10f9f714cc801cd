/**
 * The data map (Swayamdipta et al. 2020, figure 1): variability across, confidence up, colour and marker by correctness, the regions
 * named where they lie, and three histograms beside it.
 */

import { UserError } from "../core/errors.js";
import { defaultRegionRule, type DataMap } from "../map/map.js";
import { hasPlace, type MapArea } from "./area.js";
import { correctnessLegend } from "./correctness-legend.js";
import { hasCorrectness } from "./correctness-levels.js";
import { cellPixels, densityMarks } from "./density-marks.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { histograms } from "./histograms.js";
import { acrossExtent, mapAxes, mapMargins, thresholdLines } from "./map-axes.js";
import { pointMarks } from "./point-marks.js";
import { regionLabels, type Thresholds } from "./region-labels.js";
import { themeOf } from "./theme.js";

/** The width is 860 by default, compact 520; below 620 the histograms stand under the map. */
export interface MapFigureOptions extends FigureOptions {
  /** The map alone, without histograms. Default: false. */
  readonly compact?: boolean | undefined;
  /** Up to so many examples are drawn one by one, more as a density. Default: 12,000. */
  readonly mostPoints?: number | undefined;
  /** Where the regions part: drawn as lines. Default: confidence 0.5, variability 0.2. */
  readonly thresholds?: Thresholds | undefined;
}

const defaultMostPoints = 12_000;
const narrow = 620;
const histogramHeight = 144;
const defaultThresholds: Thresholds = {
  confidence: defaultRegionRule.confidence,
  variability: typeof defaultRegionRule.variability === "number" ? defaultRegionRule.variability : null,
};

/**
 * Draws a map: each example as a marker where they are few, else the density of small cells. Nothing is random: the same map and options
 * give the same text. Examples without confidence or variability are left out, and the subtitle counts them.
 *
 * @returns an SVG document
 * @throws UserError where no example has both confidence and variability, and for a width or theme that cannot be
 */
export function plotMap(map: DataMap, options: MapFigureOptions = {}): string {
  const { compact = false, mostPoints = defaultMostPoints, thresholds = defaultThresholds } = options;
  const theme = themeOf(options.theme);
  const width = figureWidth(options, compact ? 520 : 860);
  const placed = countPlaced(map);
  const stacked = !compact && width < narrow;
  const beside = !compact && !stacked;
  const head = figureHead(theme, width, options, leftOutNotes(map.size - placed));
  const mapWidth = beside ? Math.round((width - 3 * margin) * 0.68) : width - 2 * margin;
  const area = mapArea(map, head.height, mapWidth, thresholds);
  const points = placed <= mostPoints;
  const mapBottom = area.top + area.height + mapMargins.bottom;
  const legend = hasCorrectness(map.correctness)
    ? correctnessLegend(theme, margin, mapBottom + 4, mapWidth, { epochs: map.epochs, points })
    : { svg: "", height: 0 };
  const parts = [
    head.svg,
    mapAxes(theme, area),
    points
      ? pointMarks(map, { theme, area, epochs: map.epochs, crowd: placed })
      : densityMarks(map, { theme, area, cell: cellPixels(placed, area) }),
    thresholdLines(theme, area, thresholds),
    regionLabels(theme, map, area, thresholds, !compact),
    legend.svg,
  ];
  let bottom = mapBottom + 4 + legend.height;
  if (beside) {
    const left = 2 * margin + mapWidth;
    const top = area.top - mapMargins.top;
    parts.push(
      histograms(theme, map, area.across, {
        left,
        top,
        width: width - margin - left,
        height: mapBottom - top,
      }),
    );
  } else if (stacked) {
    const box = { left: margin, top: bottom + margin, width: mapWidth, height: 3 * histogramHeight };
    parts.push(histograms(theme, map, area.across, box));
    bottom = box.top + (hasCorrectness(map.correctness) ? 3 : 2) * histogramHeight;
  }
  return figure(theme, width, bottom + margin, options, parts);
}

function mapArea(map: DataMap, top: number, width: number, { variability }: Thresholds): MapArea {
  const inner = width - mapMargins.left - mapMargins.right;
  return {
    left: margin + mapMargins.left,
    top: top + mapMargins.top,
    width: inner,
    height: Math.round(Math.min(inner * 0.94, 580)),
    // Wide enough that each region has a place, if only to show that it is empty.
    across: acrossExtent(map, variability === null ? undefined : variability + 0.05),
    up: { from: 0, to: 1 },
  };
}

/** @throws UserError where there are none */
function countPlaced({ confidence, variability }: DataMap): number {
  let n = 0;
  for (let i = 0; i < confidence.length; i++) if (hasPlace(confidence[i]!, variability[i]!)) n++;
  if (n > 0) return n;
  throw new UserError({
    subject: "figure",
    problem:
      confidence.length === 0 ? "the map has no examples" : "no example has both confidence and variability",
    remedy: "record logits or gold probabilities (margins alone place nothing on a map)",
  });
}

function leftOutNotes(n: number): string[] {
  return n === 0 ? [] : [`${n.toLocaleString("en-US")} without confidence or variability left out`];
}
