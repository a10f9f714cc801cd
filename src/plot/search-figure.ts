/**
 * What a search over mixtures found: a triangle for each setting, all with one scale of colours. The ground is the fitted surface, the line runs
 * around all that cannot be told from its best (a star); diamonds are what an oracle would have chosen by other test sets.
 */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { round } from "./round.js";
import { wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import {
  colourScale,
  coloursFor,
  frameOf,
  gridOf,
  groundOf,
  markSign,
  mixtureDot,
  outlineOf,
  pieces,
  placeIn,
  triangleHeight,
  type Mark,
  type Mixture,
  type Shares,
} from "./triangle.js";
import { textWidth } from "./typeface.js";
import { word } from "./words.js";

export interface SearchPanel {
  readonly title: string;
  readonly surface: (shares: Shares) => number;
  /** What the surface has to say of a mixture that cannot be told from the best. */
  readonly least: number;
  readonly measured: readonly Mixture[];
  readonly marks: readonly Mark[];
}

export interface SearchData {
  readonly corners: readonly [string, string, string];
  readonly panels: readonly SearchPanel[];
  /** Of the colours. */
  readonly label: string;
  /** What the star and the diamonds are. */
  readonly says: Readonly<Record<Mark["shape"], string>>;
}

/** The width is 860 by default. */
export type SearchFigureOptions = FigureOptions;

const between = 28;
const room = { top: 50, bottom: 40 };

/** @returns an SVG document @throws UserError where there is nothing to draw */
export function plotSearch(data: SearchData, options: SearchFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 860);
  const panels = data.panels.map((panel) => ({ ...panel, ground: pieces(panel.surface) }));
  const values = panels.flatMap(({ ground, measured }) => [
    ...ground.map(({ value }) => value),
    ...measured.map(({ value }) => value).filter(Number.isFinite),
  ]);
  if (values.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "the search has no surface yet",
      remedy: "finish some cells of the study",
    });
  }
  const head = figureHead(theme, width, options, ["dots: measured", "ground: fitted"]);
  const inner = width - 2 * margin;
  const fitting = Math.max(1, Math.min(panels.length, Math.floor((inner + between) / (200 + between)), 4));
  const columns = Math.ceil(panels.length / Math.ceil(panels.length / fitting));
  const wide = (inner - (columns - 1) * between) / columns;
  const side = Math.min(wide - 16, 300);
  const high = room.top + triangleHeight(side) + room.bottom;
  const [low, most] = [Math.min(...values), Math.max(...values)];
  const colour = coloursFor(theme, low, most);
  const drawn = panels.flatMap((panel, i) => {
    const left = margin + (i % columns) * (wide + between) + (wide - side) / 2;
    const top = head.height + Math.floor(i / columns) * high;
    const at = placeIn({ top: top + room.top, left, side });
    const bottom = top + room.top + triangleHeight(side);
    const [upper, first, second] = data.corners;
    const middle = left + side / 2;
    const small = { size: 10, fill: theme.faint };
    return [
      ...wrapText(panel.title, 11.5, wide, 1).map((text) =>
        word(middle, top + 12, text, { size: 11.5, fill: theme.ink, anchor: "middle" }),
      ),
      word(middle, top + room.top - 14, upper, { ...small, anchor: "middle" }),
      ...groundOf(panel.ground, at, colour),
      ...gridOf(theme, at),
      frameOf(theme, at),
      outlineOf(theme, panel.surface, panel.least, at),
      ...panel.measured.map((mixture) => mixtureDot(theme, mixture, at, colour, 3.6)),
      ...panel.marks.map(({ shares, shape }) => {
        const [x, y] = at(shares);
        return markSign(theme, shape, x, y);
      }),
      word(Math.max(margin, left - 8), bottom + 18, first, small),
      word(Math.min(width - margin, left + side + 8), bottom + 18, second, { ...small, anchor: "end" }),
    ];
  });
  const below = head.height + Math.ceil(panels.length / columns) * high + 6;
  const signs = legend(theme, data.says, { left: margin, top: below, width: inner });
  const scale = colourScale(
    theme,
    data.label,
    { low, most },
    { left: margin, top: below + signs.height + 8, width: inner },
  );
  const bottom = below + signs.height + 8 + scale.height + margin;
  return figure(theme, width, bottom, options, [head.svg, ...drawn, signs.svg, scale.svg]);
}

function legend(
  theme: Theme,
  says: SearchData["says"],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): { readonly svg: string; readonly height: number } {
  const items: readonly (readonly [text: string, sign: (x: number, y: number) => string])[] = [
    [says.star, (x, y) => markSign(theme, "star", x, y, 6)],
    [says.diamond, (x, y) => markSign(theme, "diamond", x, y, 6)],
    [
      "outlined: within one standard error of the best",
      (x, y) =>
        `<rect x="${round(x - 6)}" y="${round(y - 5)}" width="12" height="10" fill="none" stroke="${theme.ink}" stroke-width="1.6"/>`,
    ],
  ];
  const parts: string[] = [];
  let [x, y] = [left, top];
  for (const [text, sign] of items) {
    if (text === "") continue;
    const lines = wrapText(text, 11, width - 20, 2);
    const wide = 20 + Math.max(...lines.map((one) => textWidth(one, 11))) + 24;
    if (x > left && x + wide - 24 > left + width) [x, y] = [left, y + 20];
    parts.push(
      sign(x + 7, y + 8),
      ...lines.map((one, i) => word(x + 20, y + 12 + i * 14, one, { size: 11, fill: theme.ink })),
    );
    x += wide;
    y += (lines.length - 1) * 14;
  }
  return { svg: parts.join(""), height: y - top + 20 };
}
