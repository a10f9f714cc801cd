/** Small multiples: the map of each label, hardest first. */

import { UserError } from "../core/errors.js";
import type { DataMap } from "../map/map.js";
import { rectangle, type MapArea } from "./area.js";
import { correctnessLegend } from "./correctness-legend.js";
import { hasCorrectness } from "./correctness-levels.js";
import { densityMarks } from "./density-marks.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { labelGrid, type LabelGrid } from "./label-grid.js";
import { labelParts, type LabelPart } from "./label-parts.js";
import { acrossExtent, acrossTicks } from "./map-axes.js";
import { pointMarks } from "./point-marks.js";
import { round } from "./round.js";
import { escapeXml, wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";

/** The width is 980 by default. */
export interface LabelFigureOptions extends FigureOptions {
  /** How many labels at the most; the hardest are shown, and the figure says so. Default: 100. */
  readonly most?: number | undefined;
  /** Up to so many examples in all are drawn one by one, more as a density. Default: 12,000. */
  readonly mostPoints?: number | undefined;
}

/**
 * Draws a small map for each label, in the order of mean confidence, all on the same scales.
 *
 * @returns an SVG document
 * @throws UserError where no example has a label and coordinates
 */
export function plotLabels(map: DataMap, options: LabelFigureOptions = {}): string {
  const { most = 100, mostPoints = 12_000 } = options;
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 980);
  const all = labelParts(map);
  if (all.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no example has a label and coordinates",
      remedy: "import the dynamics with --data, or draw the map without --labels",
    });
  }
  const parts = all.slice(0, Math.max(1, most));
  const head = figureHead(theme, width, options, notes(map, all, parts.length));
  const grid = labelGrid(parts.length, width - 2 * margin);
  const shown = parts.reduce((sum, { map: own }) => sum + own.size, 0);
  const points = shown <= mostPoints;
  const across = acrossExtent(map);
  const cells = parts.map((part, index) => {
    const left = margin + grid.gutter + (index % grid.columns) * grid.pitchAcross;
    const top = head.height + Math.floor(index / grid.columns) * grid.pitchDown;
    const area = {
      left,
      top: top + grid.head,
      width: grid.width,
      height: grid.height,
      across,
      up: { from: 0, to: 1 },
    };
    // All panels draw alike: else the same mark would mean different things.
    const crowd = shown / parts.length;
    const marks = points
      ? pointMarks(part.map, { theme, area, epochs: map.epochs, crowd })
      : densityMarks(part.map, { theme, area, cell: 3 });
    const last = index + grid.columns >= parts.length;
    return labelCell(theme, part, area, grid, marks, {
      tickAcross: last,
      tickUp: index % grid.columns === 0,
    });
  });
  const bottom = head.height + Math.ceil(parts.length / grid.columns) * grid.pitchDown + 8;
  const legend = hasCorrectness(map.correctness)
    ? correctnessLegend(theme, margin, bottom, width - 2 * margin, { epochs: map.epochs, points })
    : { svg: "", height: 0 };
  return figure(theme, width, bottom + legend.height + margin, options, [head.svg, ...cells, legend.svg]);
}

function notes(map: DataMap, all: readonly LabelPart[], shown: number): string[] {
  const held = all.reduce((sum, { map: own }) => sum + own.size, 0);
  const labels =
    shown < all.length
      ? `the ${shown} labels of lowest mean confidence, of ${all.length}`
      : all.length === 1
        ? "1 label"
        : `${all.length} labels by mean confidence, lowest first`;
  return [
    labels,
    "variability across, confidence up",
    ...(held < map.size
      ? [`${(map.size - held).toLocaleString("en-US")} without label, confidence or variability left out`]
      : []),
  ];
}

function labelCell(
  theme: Theme,
  { label, map, confidence }: LabelPart,
  area: MapArea,
  grid: LabelGrid,
  marks: string,
  { tickAcross, tickUp }: { tickAcross: boolean; tickUp: boolean },
): string {
  const { left, top, width, height } = area;
  const middle = round(top + height / 2);
  const lines = wrapText(label, grid.fontSize, width, 2);
  const name = lines.map(
    (line, i) =>
      `<text x="${left}" y="${round(top - 19 - (lines.length - 1 - i) * (grid.fontSize + 1.5))}" font-size="${grid.fontSize}" fill="${theme.ink}">${escapeXml(line)}</text>`,
  );
  const said = `${map.size.toLocaleString("en-US")} · mean ${confidence.toFixed(2)}`;
  const tick = (x: number, y: number, anchor: string, text: string): string =>
    `<text x="${round(x)}" y="${round(y)}" font-size="9" text-anchor="${anchor}" fill="${theme.faint}">${text}</text>`;
  const ticks = acrossTicks(area.across);
  const ends = [ticks[0] ?? 0, ticks.at(-1) ?? 0];
  return [
    ...name,
    tick(left, top - 6, "start", said),
    `<rect ${rectangle(area)} fill="none" stroke="${theme.rule}"/>`,
    `<line x1="${left}" x2="${left + width}" y1="${middle}" y2="${middle}" stroke="${theme.rule}" stroke-dasharray="3 3"/>`,
    marks,
    ...(tickUp ? [tick(left - 4, top + 7, "end", "1"), tick(left - 4, top + height, "end", "0")] : []),
    ...(tickAcross
      ? ends.map((value) => {
          const x = left + (value / area.across.to) * width;
          return tick(x, top + height + 11, value === 0 ? "start" : "end", String(value));
        })
      : []),
  ].join("\n");
}
