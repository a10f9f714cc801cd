/** Mixtures of three parts as a triangle: each corner is one part alone, colour is what a mixture scores. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { wrapText } from "./svg-text.js";
import { themeOf } from "./theme.js";
import {
  colourScale,
  coloursFor,
  frameOf,
  gridOf,
  groundOf,
  mixtureDot,
  pieces,
  placeIn,
  ticksOf,
  triangleHeight,
  type Mixture,
  type Shares,
} from "./triangle.js";
import { word } from "./words.js";

export type { Mixture, Shares } from "./triangle.js";

export interface TernaryData {
  readonly corners: readonly [string, string, string];
  /** Mixtures that were measured. */
  readonly mixtures: readonly Mixture[];
  /** The fitted surface: what any mixture is expected to score. Default: none, the mixtures alone. */
  readonly surface?: ((shares: Shares) => number) | undefined;
  readonly label: string;
}

/** The width is 520 by default. */
export type TernaryFigureOptions = FigureOptions;

/**
 * Draws the triangle. What was measured stands over what was fitted.
 *
 * @returns an SVG document
 * @throws UserError where nothing was measured
 */
export function plotTernary(data: TernaryData, options: TernaryFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 520);
  const values = data.mixtures.map(({ value }) => value).filter(Number.isFinite);
  if (values.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no mixture was measured",
      remedy: "finish some cells of the study",
    });
  }
  const head = figureHead(theme, width, options, [
    "dots: measured; ringed: within one standard error of the best",
    ...(data.surface ? ["ground: fitted"] : []),
  ]);
  const inner = width - 2 * margin;
  const side = Math.min(inner - 56, 460);
  const names = data.corners.map((name) => wrapText(name, 11, Math.min(inner / 2, side / 2 + 30) - 8, 2));
  const top = head.height + 16 + (names[0]?.length ?? 1) * 13;
  const left = (width - side) / 2;
  const at = placeIn({ top, left, side });
  const fitted = data.surface ? pieces(data.surface) : [];
  const low = Math.min(...values, ...fitted.map(({ value }) => value));
  const most = Math.max(...values, ...fitted.map(({ value }) => value));
  const colour = coloursFor(theme, low, most);
  const bottom = top + triangleHeight(side);
  const parts = [
    head.svg,
    ...groundOf(fitted, at, colour),
    ...gridOf(theme, at),
    ...ticksOf(theme, at),
    frameOf(theme, at),
    ...data.mixtures.map((mixture) => mixtureDot(theme, mixture, at, colour)),
    ...(names[0] ?? []).map((text, i, all) =>
      word(width / 2, top - 12 - (all.length - 1 - i) * 13, text, {
        size: 11,
        fill: theme.ink,
        anchor: "middle",
      }),
    ),
    ...(names[1] ?? []).map((text, i) =>
      word(Math.max(margin, left - 30), bottom + 40 + i * 13, text, { size: 11, fill: theme.ink }),
    ),
    ...(names[2] ?? []).map((text, i) =>
      word(Math.min(width - margin, left + side + 30), bottom + 40 + i * 13, text, {
        size: 11,
        fill: theme.ink,
        anchor: "end",
      }),
    ),
  ];
  const legend = colourScale(
    theme,
    data.label,
    { low, most },
    { left: margin, top: bottom + 72, width: inner },
  );
  return figure(theme, width, bottom + 72 + legend.height + margin, options, [...parts, legend.svg]);
}
