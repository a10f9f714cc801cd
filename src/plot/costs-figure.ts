/** What something gains against what it costs: dots with intervals over a logarithmic cost, one panel a test set, groups told apart by shape and colour. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import { round } from "./round.js";
import { drawSign, type Sign } from "./signs.js";
import { wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import { linearTicks, logTicks, padded } from "./ticks.js";
import { textWidth } from "./typeface.js";
import { line, word } from "./words.js";

export interface CostDot {
  /** Above 0. */
  readonly cost: number;
  readonly value: number;
  /** Null where nothing is known of its noise. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Index into `groups`. */
  readonly group: number;
}

export interface CostsData {
  readonly panels: readonly { readonly title: string; readonly dots: readonly CostDot[] }[];
  /** At most three. */
  readonly groups: readonly string[];
  readonly across: string;
  readonly up: string;
}

/** The width is 860 by default. */
export type CostsFigureOptions = FigureOptions;

const between = 20;
const room = { left: 38, top: 30, bottom: 40 };
/** Shape and colour of each group. */
const looks: readonly { readonly sign: Sign; readonly series: number }[] = [
  { sign: "sound", series: 0 },
  { sign: "equivalent", series: 2 },
  { sign: "inconclusive", series: 1 },
];

/**
 * Draws the panels side by side as far as they fit, all with the same scales; the dashed line is no gain.
 *
 * @returns an SVG document
 * @throws UserError where there is nothing to draw
 */
export function plotCosts(data: CostsData, options: CostsFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 860);
  const dots = data.panels.flatMap((panel) => panel.dots).filter(({ cost }) => cost > 0);
  if (dots.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no gain to draw",
      remedy: "finish some cells of the study",
    });
  }
  const head = figureHead(theme, width, options, ["bars: 95 % intervals"]);
  const inner = width - 2 * margin;
  const fitting = Math.max(1, Math.min(3, Math.floor((inner + between) / (240 + between))));
  const lines = Math.ceil(data.panels.length / fitting);
  const columns = Math.ceil(data.panels.length / lines);
  const wide = (inner - (columns - 1) * between) / columns;
  const high = Math.round(Math.min(320, Math.max(220, wide * 0.75)));
  const scales: Scales = {
    across: padded(
      dots.map(({ cost }) => Math.log10(cost)),
      0.08,
    ),
    up: padded(
      [0, ...dots.flatMap(({ value, interval }) => [value, interval?.low ?? value, interval?.high ?? value])],
      0.06,
    ),
  };
  const parts = data.panels.map((_, i) =>
    panelAt(theme, data, i, scales, {
      left: margin + (i % columns) * (wide + between),
      top: head.height + Math.floor(i / columns) * high,
      width: wide,
      height: high,
    }),
  );
  const bottom = head.height + lines * high + 6;
  let [x, y] = [margin, bottom + 12];
  const legend = data.groups.map((name, group) => {
    const step = 16 + textWidth(name, 11) + 20;
    if (x > margin && x + step > width - margin) [x, y] = [margin, y + 17];
    const drawn = mark(theme, group, x + 5, y - 4) + word(x + 16, y, name, { size: 11, fill: theme.ink });
    x += step;
    return drawn;
  });
  return figure(theme, width, y + margin, options, [head.svg, ...parts, ...legend]);
}

interface Scales {
  readonly across: { readonly from: number; readonly to: number };
  readonly up: { readonly from: number; readonly to: number };
}

function colourOf(theme: Theme, group: number): string {
  return theme.series[looks[group % looks.length]!.series] ?? theme.ink;
}

function mark(theme: Theme, group: number, x: number, y: number): string {
  return drawSign(theme, looks[group % looks.length]!.sign, x, y, 4, colourOf(theme, group));
}

function panelAt(
  theme: Theme,
  { panels, across, up }: CostsData,
  index: number,
  scales: Scales,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): string {
  const { title, dots } = panels[index]!;
  const [left, right] = [box.left + room.left, box.left + box.width];
  const [top, bottom] = [box.top + room.top, box.top + box.height - room.bottom];
  const place = (value: number, { from, to }: Scales["up"]): number => (value - from) / (to - from);
  const x = (cost: number): number => left + place(Math.log10(cost), scales.across) * (right - left);
  const y = (value: number): number => bottom - place(value, scales.up) * (bottom - top);
  const { from, to } = scales.across;
  const small = { size: 9.5, fill: theme.faint };
  return [
    ...wrapText(title, 11, box.width, 1).map((text) =>
      word((left + right) / 2, top - 9, text, { size: 11, fill: theme.ink, anchor: "middle" }),
    ),
    `<rect x="${round(left)}" y="${round(top)}" width="${round(right - left)}" height="${round(bottom - top)}" fill="none" stroke="${theme.rule}"/>`,
    ...logTicks(10 ** from, 10 ** to, Math.floor((right - left) / 40)).flatMap((tick) => [
      line(x(tick), bottom, x(tick), bottom + 4, theme.rule),
      word(x(tick), bottom + 15, String(Number(tick.toPrecision(3))), { ...small, anchor: "middle" }),
    ]),
    ...linearTicks(scales.up.from, scales.up.to, 5).flatMap((tick) => [
      line(left, y(tick), right, y(tick), theme.rule, ' stroke-opacity="0.45"'),
      word(left - 6, y(tick) + 3.5, String(tick).replace("-", "−"), { ...small, anchor: "end" }),
    ]),
    line(left, y(0), right, y(0), theme.ink, ' stroke-opacity="0.5" stroke-dasharray="4 3"'),
    ...wrapText(`${across}; up: ${up}`, 10, box.width, 1).map((text) =>
      word((left + right) / 2, bottom + 30, text, { size: 10, fill: theme.faint, anchor: "middle" }),
    ),
    ...dots
      .filter(({ cost }) => cost > 0)
      .map(({ cost, value, interval, group }) => {
        const bar =
          interval === null
            ? ""
            : line(
                x(cost),
                y(interval.low),
                x(cost),
                y(interval.high),
                colourOf(theme, group),
                ' stroke-width="2" stroke-opacity="0.7"',
              );
        return bar + mark(theme, group, x(cost), y(value));
      }),
  ].join("\n");
}
