/** Maps of several runs of one dataset as small multiples on the same scales, and beside them arrows from an example's place in one to that in another. */

import { UserError } from "../core/errors.js";
import { hasPlace, placeAcross, placeUp, rectangle, type Area, type MapArea } from "./area.js";
import { correctnessLegend } from "./correctness-legend.js";
import { hasCorrectness } from "./correctness-levels.js";
import { cellPixels, densityMarks } from "./density-marks.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { overlap } from "./label-place.js";
import { acrossExtent, mapAxes, mapMargins, thresholdLines } from "./map-axes.js";
import { pointMarks } from "./point-marks.js";
import { regionMembers } from "./region-members.js";
import { round } from "./round.js";
import { fitText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import { textWidth } from "./typeface.js";
import { word } from "./words.js";

/** One run's map; an entry an example, alike in all maps. NaN stands for null. */
export interface ComparedMap {
  readonly name: string;
  /** A smaller line below. */
  readonly note: string;
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  readonly correctness: Float64Array;
  /** Index into `regionNames`; 255 where there is none. */
  readonly regions: Uint8Array;
}

/** An example's way from its place on one map to that on another. */
export interface ComparedMove {
  /** Which example. */
  readonly at: number;
  /** Indices of the maps. */
  readonly from: number;
  readonly to: number;
}

export interface ComparisonData {
  readonly maps: readonly ComparedMap[];
  /** What correctness is a share of; the most, where maps differ. */
  readonly epochs: number;
  /** Farthest first. */
  readonly moves: readonly ComparedMove[];
  /** So many of the first arrows bear their rank. */
  readonly numbered: number;
}

/** The width is 1,080 by default. */
export interface ComparisonFigureOptions extends FigureOptions {
  /** Up to so many examples a map are drawn one by one, more as a density. Default: 6,000. */
  readonly mostPoints?: number | undefined;
}

const headHeight = 34;
const smallest = 250;

/**
 * @returns an SVG document
 * @throws UserError where a map places no example
 */
export function plotComparison(data: ComparisonData, options: ComparisonFigureOptions = {}): string {
  const { maps, moves, epochs, numbered } = data;
  const { mostPoints = 6000 } = options;
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 1080);
  for (const map of maps) checkPlaced(map);
  const head = figureHead(theme, width, options, notes(data));
  const inner = width - 2 * margin;
  const fitting = Math.max(1, Math.floor(inner / smallest));
  const panels = maps.length + 1;
  const columns = Math.ceil(panels / Math.ceil(panels / fitting));
  const pitch = Math.floor(inner / columns);
  const across = {
    from: 0,
    to: Math.max(...maps.map((map) => acrossExtent(map, 0.25).to)),
  };
  const areaWidth = pitch - mapMargins.left - mapMargins.right;
  const areaHeight = Math.round(Math.min(areaWidth * 1.05, 460));
  const down = headHeight + mapMargins.top + areaHeight + mapMargins.bottom + 6;
  const areaOf = (index: number): MapArea => ({
    left: margin + (index % columns) * pitch + mapMargins.left,
    top: head.height + Math.floor(index / columns) * down + headHeight + mapMargins.top,
    width: areaWidth,
    height: areaHeight,
    across,
    up: { from: 0, to: 1 },
  });
  const size = maps[0]?.confidence.length ?? 0;
  const points = size <= mostPoints;
  const parts = maps.flatMap((map, index) => {
    const area = areaOf(index);
    return [
      panelHead(theme, area, `${index + 1}. ${map.name}`, [map.note, shares(map)]),
      mapAxes(theme, area),
      points
        ? pointMarks(map, { theme, area, epochs, crowd: size })
        : densityMarks(map, { theme, area, cell: cellPixels(size, area) }),
      thresholdLines(theme, area, { confidence: 0.5, variability: 0.2 }),
    ];
  });
  const area = areaOf(maps.length);
  const title =
    moves.length === size
      ? "Moved, from 1 to 2"
      : maps.length === 2
        ? "Moved farthest, from 1 to 2"
        : "Moved farthest, between any two";
  parts.push(
    panelHead(theme, area, title, []),
    directions(theme, area),
    mapAxes(theme, area),
    thresholdLines(theme, area, { confidence: 0.5, variability: 0.2 }),
    arrows(theme, area, maps, moves, numbered),
  );
  const bottom = head.height + Math.ceil(panels / columns) * down;
  const legend = maps.some(({ correctness }) => hasCorrectness(correctness))
    ? correctnessLegend(theme, margin, bottom, inner, { epochs, points })
    : { svg: "", height: 0 };
  return figure(theme, width, bottom + legend.height + margin, options, [head.svg, ...parts, legend.svg]);
}

function checkPlaced({ name, confidence, variability }: ComparedMap): void {
  if (confidence.some((c, i) => hasPlace(c, variability[i]!))) return;
  throw new UserError({
    subject: "figure",
    problem: "no shared example has both confidence and variability",
    value: name,
    remedy: "record logits or gold probabilities (margins alone place nothing on a map)",
  });
}

function notes({ maps, moves }: ComparisonData): string[] {
  const size = maps[0]?.confidence.length ?? 0;
  const unplaced = maps.map(
    ({ confidence, variability }) => confidence.filter((c, i) => !hasPlace(c, variability[i]!)).length,
  );
  return [
    `${size.toLocaleString("en-US")} shared examples`,
    moves.length === 0
      ? "no example moved"
      : moves.length === size
        ? "an arrow for each"
        : `arrows: the ${moves.length} that moved farthest`,
    ...(unplaced.some((n) => n > 0)
      ? [`without a place: ${unplaced.map((n) => n.toLocaleString("en-US")).join(", ")}`]
      : []),
  ];
}

function panelHead(theme: Theme, area: MapArea, title: string, lines: readonly string[]): string {
  const top = area.top - mapMargins.top - headHeight;
  const text = lines.filter((line) => line !== "").join(" · ");
  return [
    word(area.left, top + 14, fitText(title, 13, area.width), { size: 13, fill: theme.ink }),
    word(area.left, top + 30, fitText(text, 10, area.width), { size: 10, fill: theme.faint }),
  ].join("");
}

/** "easy 60 %, ambiguous 30 %, hard 10 %" */
function shares(map: ComparedMap): string {
  const members = regionMembers({
    ...map,
    size: map.regions.length,
    ids: [],
    labels: [],
    correctEpochs: map.correctness,
    epochs: 0,
  });
  if (members.total === 0) return "";
  const share = (n: number): string => `${Math.round((100 * n) / members.total)} %`;
  return `easy ${share(members["easy-to-learn"].count)}, ambiguous ${share(members.ambiguous.count)}, hard ${share(members["hard-to-learn"].count)}`;
}

function upColour({ series }: Theme): string {
  return series[0] ?? "#000000";
}

function downColour({ series }: Theme): string {
  return series[1] ?? "#000000";
}

/** What the arrows' colours say. */
function directions(theme: Theme, area: MapArea): string {
  const y = area.top - mapMargins.top - headHeight + 30;
  const up = "confidence rises";
  return (
    word(area.left, y, up, { size: 10, fill: upColour(theme) }) +
    word(area.left + textWidth(up, 10) + 12, y, "confidence falls", { size: 10, fill: downColour(theme) })
  );
}

function arrows(
  theme: Theme,
  area: MapArea,
  maps: readonly ComparedMap[],
  moves: readonly ComparedMove[],
  numbered: number,
): string {
  const placed = moves.flatMap(({ at, from, to }, rank) => {
    const [a, b] = [maps[from]!, maps[to]!];
    if (!hasPlace(a.confidence[at]!, a.variability[at]!) || !hasPlace(b.confidence[at]!, b.variability[at]!))
      return [];
    return [
      {
        rank,
        x1: placeAcross(area, a.variability[at]!),
        y1: placeUp(area, a.confidence[at]!),
        x2: placeAcross(area, b.variability[at]!),
        y2: placeUp(area, b.confidence[at]!),
      },
    ];
  });
  // The farthest on top.
  const drawn = placed.toReversed().map(({ rank, x1, y1, x2, y2 }) => {
    const colour = y2 <= y1 ? upColour(theme) : downColour(theme);
    const own = rank < numbered;
    return `<g stroke="${colour}" fill="${colour}" opacity="${own ? 1 : 0.45}">${arrow(x1, y1, x2, y2, own ? 1.6 : 1)}</g>`;
  });
  const taken: Area[] = [];
  const numbers = placed
    .filter(({ rank }) => rank < numbered)
    .map(({ rank, x1, y1, x2, y2 }) => {
      const text = String(rank + 1);
      const size = 10;
      const [width, height] = [textWidth(text, size) + 3, size + 1];
      // Beside the start of its arrow, or as far along it as it takes to stand free.
      const boxes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((step) => {
        const x = x1 + ((x2 - x1) * step) / 10 + 3;
        const y = y1 + ((y2 - y1) * step) / 10 - height / 2;
        return {
          left: Math.max(area.left + 1, Math.min(x, area.left + area.width - width - 1)),
          top: Math.max(area.top + 1, Math.min(y, area.top + area.height - height - 1)),
          width,
          height,
        };
      });
      const box = boxes.find((one) => !taken.some((other) => overlap(one, other))) ?? boxes[0]!;
      taken.push(box);
      return (
        `<rect ${rectangle(box)} fill="${theme.background}" fill-opacity="0.8"/>` +
        word(box.left + 1.5, box.top + size - 1, text, { size, fill: theme.ink })
      );
    });
  return [...drawn, ...numbers].join("\n");
}

/** A line from a dot to a head. */
function arrow(x1: number, y1: number, x2: number, y2: number, strength: number): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const dot = `<circle cx="${round(x1)}" cy="${round(y1)}" r="${round(1.3 * strength)}" stroke="none"/>`;
  if (length < 1) return dot;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const reach = Math.min(length, 5 + strength);
  const half = reach * 0.42;
  const [bx, by] = [x2 - ux * reach, y2 - uy * reach];
  const corner = (sign: number): string => `${round(bx - sign * uy * half)},${round(by + sign * ux * half)}`;
  return (
    dot +
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(bx)}" y2="${round(by)}" stroke-width="${strength}"/>` +
    `<path d="M${round(x2)},${round(y2)}L${corner(1)}L${corner(-1)}z" stroke="none"/>`
  );
}
