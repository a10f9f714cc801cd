/** Small multiples: the map of each label, hardest first. */

import type { DataMap } from "../map/map.js";
import { UserError } from "../core/errors.js";
import { figure, headHeight, margin, type FigureText } from "./figure.js";
import { mapMarks, type Area } from "./map-marks.js";
import { round } from "./panel.js";
import { escapeXml, fitText } from "./svg-text.js";
import { themes, type Theme, type ThemeName } from "./theme.js";

export interface LabelFigureOptions extends FigureText {
  readonly theme?: ThemeName | undefined;
  /** In pixels. Default: 980. */
  readonly width?: number | undefined;
  /** How many labels at the most; the hardest are shown, and the figure says so. Default: 100. */
  readonly most?: number | undefined;
}

interface LabelPart {
  readonly label: string;
  readonly rows: readonly number[];
  readonly confidence: number;
}

const smallest = 112;
const cellHead = 20;

/** @throws UserError where the map has no labels, or no coordinates */
export function plotLabels(map: DataMap, options: LabelFigureOptions = {}): string {
  const theme = themes[options.theme ?? "light"];
  const { width = 980, most = 100 } = options;
  const all = labelParts(map);
  if (all.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no example has a label and coordinates",
      remedy: "import the dynamics with --data, or draw the map without --labels",
    });
  }
  const parts = all.slice(0, most);
  const inner = width - 2 * margin;
  const columns = Math.max(
    1,
    Math.min(parts.length, Math.floor(inner / (smallest + 10)), Math.ceil(Math.sqrt(parts.length * 1.6))),
  );
  const cell = Math.min(240, Math.floor(inner / columns));
  const shown = `${parts.length < all.length ? `the ${parts.length} hardest of ${all.length} labels` : `${all.length} labels`}, hardest first; variability 0 to 0.5 across, confidence 0 to 1 up; below right: examples and mean confidence`;
  const text = {
    title: options.title,
    subtitle: options.subtitle ? `${options.subtitle} · ${shown}` : shown,
  };
  const top = headHeight(text);
  const height = cell - 10 + cellHead;
  const cells = parts.map((part, index) =>
    labelCell(
      theme,
      map,
      part,
      margin + (index % columns) * cell,
      top + Math.floor(index / columns) * (height + 8),
      cell - 10,
    ),
  );
  const rows = Math.ceil(parts.length / columns);
  return figure(theme, width, top + rows * (height + 8) + margin, text, cells);
}

function labelParts({ labels, confidence, variability }: DataMap): LabelPart[] {
  const rowsOf = new Map<string, number[]>();
  labels.forEach((label, row) => {
    if (label === null || !(confidence[row]! >= 0 && variability[row]! >= 0)) return;
    const rows = rowsOf.get(label) ?? [];
    rowsOf.set(label, rows);
    rows.push(row);
  });
  const parts = Array.from(rowsOf, ([label, rows]) => ({
    label,
    rows,
    confidence: rows.reduce((sum, row) => sum + confidence[row]!, 0) / rows.length,
  }));
  return parts.sort((a, b) => a.confidence - b.confidence || (a.label < b.label ? -1 : 1));
}

function labelCell(
  theme: Theme,
  map: DataMap,
  { label, rows, confidence }: LabelPart,
  x: number,
  y: number,
  size: number,
): string {
  const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  const own: DataMap = {
    ...map,
    size: rows.length,
    confidence: take(map.confidence),
    variability: take(map.variability),
    correctness: take(map.correctness),
  };
  const area: Area = { left: 1, top: cellHead, width: size - 2, height: size - 2 };
  const marks = mapMarks(own, {
    theme,
    area,
    across: { from: 0, to: 0.5 },
    up: { from: 0, to: 1 },
    mostPoints: 1500,
  });
  const count = rows.length.toLocaleString("en-US");
  const right = `${count} · ${confidence.toFixed(2)}`;
  const middle = round(cellHead + (size - 2) / 2);
  return (
    `<g transform="translate(${x},${y})"><rect x="1" y="${cellHead}" width="${size - 2}" height="${size - 2}" fill="none" stroke="${theme.rule}"/>` +
    `<line x1="1" x2="${size - 1}" y1="${middle}" y2="${middle}" stroke="${theme.rule}" stroke-dasharray="3 3"/>` +
    `<text x="2" y="13" font-size="10" fill="${theme.ink}">${escapeXml(fitText(label, 10, size - 4))}</text>` +
    `${marks.svg}<text x="${size - 6}" y="${cellHead + size - 9}" font-size="9" text-anchor="end" fill="${theme.faint}">${right}</text></g>`
  );
}
