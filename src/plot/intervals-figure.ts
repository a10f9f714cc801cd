/** Dots with intervals: one row an arm or a comparison, one panel a test set, so that what differs and how surely is seen at a glance. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { round } from "./round.js";
import { drawSign, signColour, signLegend, type Sign } from "./signs.js";
import { wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import { linearTicks, padded } from "./ticks.js";
import { textWidth } from "./typeface.js";
import { line, word } from "./words.js";

export interface IntervalDot {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly sign: Sign;
  /** Single replicates, drawn small. Default: none. */
  readonly single?: readonly number[] | undefined;
}

export interface IntervalRow {
  readonly name: string;
  /** One a panel; null: nothing was measured. */
  readonly dots: readonly (IntervalDot | null)[];
}

export interface IntervalPanel {
  readonly title: string;
  /** A dashed line: no difference, or chance. Default: none. */
  readonly reference?: number | undefined;
}

export interface IntervalsData {
  readonly panels: readonly IntervalPanel[];
  readonly rows: readonly IntervalRow[];
  /** What the axis shows, `accuracy, %`. Values are drawn as they are. */
  readonly label: string;
}

/** The width is 860 by default; panels stand side by side as far as they fit. */
export type IntervalsFigureOptions = FigureOptions;

const nameSize = 11;
const least = 132;
const between = 18;
const headRoom = 34;
const footRoom = 38;

/**
 * Draws the rows in the order given; all panels share the rows, each has a scale of its own.
 *
 * @returns an SVG document
 * @throws UserError where there is nothing to draw
 */
export function plotIntervals(data: IntervalsData, options: IntervalsFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 860);
  if (!data.rows.some(({ dots }) => dots.some((dot) => dot !== null))) {
    throw new UserError({
      subject: "figure",
      problem: "no interval to draw",
      remedy: "finish some cells of the study",
    });
  }
  const head = figureHead(theme, width, options);
  const inner = width - 2 * margin;
  const longest = Math.max(...data.rows.map(({ name }) => textWidth(name, nameSize)));
  const names =
    Math.ceil(Math.min(longest + 2, Math.max(inner * 0.36, Math.min(190, inner - least - 12)))) + 12;
  const fitting = Math.max(1, Math.floor((inner - names + between) / (least + between)));
  const lines = Math.ceil(data.panels.length / fitting);
  const columns = Math.ceil(data.panels.length / lines);
  const panelWidth = Math.floor((inner - names - (columns - 1) * between) / columns);
  const wrapped = data.rows.map(({ name }) => wrapText(name, nameSize, names - 12, 3));
  const heights = wrapped.map((own) => Math.max(22, own.length * 13 + 8));
  const body = heights.reduce((sum, height) => sum + height, 0);
  const parts: string[] = [];
  for (let at = 0; at < lines; at++) {
    const top = head.height + at * (headRoom + body + footRoom) + headRoom;
    let y = top;
    wrapped.forEach((own, row) => {
      const middle = y + heights[row]! / 2;
      own.forEach((text, i) =>
        parts.push(
          word(margin, middle + 4 + (i - (own.length - 1) / 2) * 13, text, {
            size: nameSize,
            fill: theme.ink,
          }),
        ),
      );
      y += heights[row]!;
    });
    for (let column = 0; column < columns; column++) {
      const index = at * columns + column;
      const panel = data.panels[index];
      if (panel === undefined) continue;
      const left = margin + names + column * (panelWidth + between);
      parts.push(panelAt(theme, data, index, { left, top, width: panelWidth, heights }));
    }
  }
  const bottom = head.height + lines * (headRoom + body + footRoom);
  const signs = data.rows.flatMap(({ dots }) => dots.flatMap((dot) => (dot === null ? [] : [dot.sign])));
  const legend = signLegend(theme, signs, { left: margin, top: bottom, width: inner });
  return figure(theme, width, bottom + legend.height + margin, options, [head.svg, ...parts, legend.svg]);
}

function panelAt(
  theme: Theme,
  { panels, rows, label }: IntervalsData,
  index: number,
  box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly heights: readonly number[];
  },
): string {
  const { left, top, width, heights } = box;
  const { title, reference } = panels[index]!;
  const dots = rows.map(({ dots: all }) => all[index] ?? null);
  const values = dots.flatMap((dot) =>
    dot === null ? [] : [dot.low, dot.high, dot.value, ...(dot.single ?? [])],
  );
  const { from, to } = padded(reference === undefined ? values : [...values, reference], 0.05);
  const x = (value: number): number => left + 6 + ((value - from) / (to - from)) * (width - 12);
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const ticks = linearTicks(from, to, Math.max(2, Math.floor(width / 48)));
  let y = top;
  const drawn = dots.map((dot, row) => {
    const middle = y + heights[row]! / 2;
    y += heights[row]!;
    const rule = line(left, middle, left + width, middle, theme.rule, ' stroke-opacity="0.45"');
    if (dot === null) return rule;
    const colour = signColour(theme, dot.sign);
    const single = (dot.single ?? []).map(
      (value) =>
        `<circle cx="${round(x(value))}" cy="${round(middle)}" r="2" fill="${theme.faint}" fill-opacity="0.55"/>`,
    );
    return [
      rule,
      ...single,
      line(x(dot.low), middle, x(dot.high), middle, colour, ' stroke-width="2"'),
      drawSign(theme, dot.sign, x(dot.value), middle, 4),
    ].join("");
  });
  const titles = wrapText(title, nameSize, width, 2);
  const labels = wrapText(label, nameSize, width, 1);
  return [
    ...titles.map((text, i) =>
      word(left + width / 2, top - 8 - (titles.length - 1 - i) * 13, text, {
        size: nameSize,
        fill: theme.ink,
        anchor: "middle",
      }),
    ),
    `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(bottom - top)}" fill="none" stroke="${theme.rule}"/>`,
    ...ticks.map((tick) => line(x(tick), bottom, x(tick), bottom + 4, theme.rule)),
    ...ticks.map((tick) =>
      word(x(tick), bottom + 15, shown(tick), { size: 9.5, fill: theme.faint, anchor: "middle" }),
    ),
    ...labels.map((text) =>
      word(left + width / 2, bottom + 29, text, { size: 10, fill: theme.faint, anchor: "middle" }),
    ),
    ...(reference === undefined
      ? []
      : [
          line(
            x(reference),
            top,
            x(reference),
            bottom,
            theme.ink,
            ' stroke-opacity="0.5" stroke-dasharray="4 3"',
          ),
        ]),
    ...drawn,
  ].join("\n");
}

/** A minus sign as typeset. */
function shown(value: number): string {
  return String(value).replace("-", "−");
}
