/** Mixtures of three parts as a triangle: each corner is one part alone, colour is what a mixture scores. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { round } from "./round.js";
import { wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import { textWidth } from "./typeface.js";
import { line, word } from "./words.js";

/** Shares of the three corners; only their proportions count. */
export type Shares = readonly [number, number, number];

export interface Mixture {
  readonly shares: Shares;
  readonly value: number;
  /** Within one standard error of the best: ringed. Default: false. */
  readonly best?: boolean | undefined;
}

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

/** Triangles along an edge that the surface is drawn with. */
const steps = 36;
const shades = 9;
/** Of the surface: many, so that no edge shows that the fit does not have. */
const finest = 64;

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
  const high = (side * Math.sqrt(3)) / 2;
  const top = head.height + 16 + (names[0]?.length ?? 1) * 13;
  const left = (width - side) / 2;
  const at = ([a, b, c]: Shares): readonly [number, number] => {
    const all = a + b + c;
    return [left + ((c + a / 2) / all) * side, top + (1 - a / all) * high];
  };
  const fitted = data.surface ? triangles(data.surface) : [];
  const low = Math.min(...values, ...fitted.map(({ value }) => value));
  const most = Math.max(...values, ...fitted.map(({ value }) => value));
  const colour = (value: number): string =>
    shade(theme, most > low ? (value - low) / (most - low) : 1, finest);
  const path = (corners: readonly Shares[]): string =>
    `M${corners.map((corner) => at(corner).map(round).join(",")).join("L")}Z`;
  const whole: readonly Shares[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const bottom = top + high;
  const parts = [
    head.svg,
    ...fitted.map(({ corners, value }) => {
      const fill = colour(value);
      return `<path d="${path(corners)}" fill="${fill}" stroke="${fill}" stroke-width="0.6"/>`;
    }),
    ...gridLines(theme, at),
    `<path d="${path(whole)}" fill="none" stroke="${theme.ink}" stroke-opacity="0.6"/>`,
    ...data.mixtures.map(({ shares, value, best = false }) => {
      const [x, y] = at(shares);
      const ring = best
        ? `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="none" stroke="${theme.background}" stroke-width="4"/>` +
          `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="none" stroke="${theme.ink}" stroke-width="1.8"/>`
        : "";
      return `<circle cx="${round(x)}" cy="${round(y)}" r="5.5" fill="${colour(value)}" stroke="${theme.ink}" stroke-width="1.2"/>${ring}`;
    }),
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
  const legend = scale(theme, data.label, { low, most }, { left: margin, top: bottom + 72, width: inner });
  return figure(theme, width, bottom + 72 + legend.height + margin, options, [...parts, legend.svg]);
}

interface Triangle {
  readonly corners: readonly [Shares, Shares, Shares];
  readonly value: number;
}

function triangles(surface: (shares: Shares) => number): Triangle[] {
  const found: Triangle[] = [];
  const node = (i: number, j: number): Shares => [i / steps, j / steps, (steps - i - j) / steps];
  const add = (...corners: [Shares, Shares, Shares]): void => {
    const middle = [0, 1, 2].map(
      (k) => corners.reduce((sum, corner) => sum + corner[k]!, 0) / 3,
    ) as unknown as Shares;
    const value = surface(middle);
    if (Number.isFinite(value)) found.push({ corners, value });
  };
  for (let i = 0; i < steps; i++)
    for (let j = 0; i + j < steps; j++) {
      add(node(i, j), node(i + 1, j), node(i, j + 1));
      if (i + j < steps - 1) add(node(i + 1, j), node(i, j + 1), node(i + 1, j + 1));
    }
  return found;
}

/** A quarter apart; each edge names the share of the corner that it runs to. */
function gridLines(theme: Theme, at: (shares: Shares) => readonly [number, number]): string[] {
  const rule = (from: Shares, to: Shares): string => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    return line(x1, y1, x2, y2, theme.ink, ' stroke-opacity="0.18"');
  };
  const tick = (
    place: Shares,
    dx: number,
    dy: number,
    anchor: "start" | "middle" | "end",
    share: number,
  ): string => {
    const [x, y] = at(place);
    return word(x + dx, y + dy, `${share * 100} %`, { size: 9.5, fill: theme.faint, anchor });
  };
  return [0.25, 0.5, 0.75].flatMap((s) => [
    rule([s, 1 - s, 0], [s, 0, 1 - s]),
    rule([1 - s, s, 0], [0, s, 1 - s]),
    rule([1 - s, 0, s], [0, 1 - s, s]),
    tick([s, 0, 1 - s], 14, 4, "start", s),
    tick([1 - s, s, 0], -14, 4, "end", s),
    tick([0, 1 - s, s], 0, 21, "middle", s),
  ]);
}

function scale(
  theme: Theme,
  label: string,
  { low, most }: { readonly low: number; readonly most: number },
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): { readonly svg: string; readonly height: number } {
  const [said = ""] = wrapText(label, 11, width, 1);
  const digits = most - low > 5 ? 0 : most - low > 0.5 ? 1 : 3;
  const [from, to] = [low.toFixed(digits), most.toFixed(digits)];
  const start = left + textWidth(from, 11) + 8;
  const bar = Math.min(220, width - textWidth(from, 11) - textWidth(to, 11) - 20);
  const cells = Array.from({ length: shades }, (_, i) => {
    const fill = shade(theme, i / (shades - 1), shades);
    return `<rect x="${round(start + (i * bar) / shades)}" y="${round(top + 20)}" width="${round(bar / shades + 0.5)}" height="11" fill="${fill}"/>`;
  });
  const svg = [
    word(left, top + 12, said, { size: 11, fill: theme.ink }),
    word(left, top + 30, from, { size: 11, fill: theme.ink }),
    ...cells,
    word(start + bar + 8, top + 30, to, { size: 11, fill: theme.ink }),
  ].join("");
  return { svg, height: 36 };
}

/** From the ground to the first series' colour. */
function shade({ background, series, rule }: Theme, share: number, count: number): string {
  const parts = (colour: string): number[] =>
    [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  const step = Math.round(Math.max(0, Math.min(1, share)) * (count - 1)) / (count - 1);
  const pale = parts(background).map((channel, i) => (channel + parts(rule)[i]!) / 2);
  const full = parts(series[0] ?? "#000000");
  const mixed = pale.map((channel, i) => Math.round(channel + step * (full[i]! - channel)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
