/** One panel of curves: bands below lines below points. */

import type { CurvePanel, CurvePoint, CurvesData } from "./curves.js";
import { shortCount } from "./histograms.js";
import { round } from "./round.js";
import { drawSign } from "./signs.js";
import { wrapText } from "./svg-text.js";
import type { Theme } from "./theme.js";
import { linearTicks, logTicks, padded } from "./ticks.js";
import { line, word } from "./words.js";

export interface CurveStyle {
  readonly colour: string;
  readonly dash: string;
  /** With band and points. */
  readonly strong: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function curvePanel(
  theme: Theme,
  { across, up, panels }: CurvesData,
  { title, curves, reference }: CurvePanel,
  styles: readonly CurveStyle[],
  { left, top, width, height }: Box,
): string {
  const titles = wrapText(title, 11, width - 8, 2);
  const area = {
    left: left + 40,
    top: top + 12 + titles.length * 13,
    right: left + width - 8,
    bottom: top + height - 40,
  };
  const points = curves.flat();
  const every = panels.flatMap((panel) => panel.curves.flat().map(({ x }) => x));
  const log = across.scale === "log";
  const place = (x: number): number => (log ? Math.log(x) : x);
  const { from, to } = padded(every.map(place), 0.04);
  const scores = points.flatMap(({ low, high, value }) => [low, high, value]);
  const range = padded(reference === undefined ? scores : [...scores, reference], 0.05);
  const x = (value: number): number =>
    area.left + ((place(value) - from) / (to - from)) * (area.right - area.left);
  const y = (value: number): number =>
    area.bottom - ((value - range.from) / (range.to - range.from)) * (area.bottom - area.top);
  const room = area.right - area.left;
  const ticksAcross = log
    ? logTicks(Math.exp(from), Math.exp(to), Math.floor(room / 34))
    : linearTicks(from, to, Math.max(2, Math.floor(room / 44)));
  const ticksUp = linearTicks(range.from, range.to, Math.max(2, Math.floor((area.bottom - area.top) / 30)));
  const order = styles.map((_, i) => i).sort((a, b) => Number(styles[a]!.strong) - Number(styles[b]!.strong));
  return [
    ...titles.map((text, i) =>
      word((area.left + area.right) / 2, top + 12 + i * 13, text, {
        size: 11,
        fill: theme.ink,
        anchor: "middle",
      }),
    ),
    ...ticksUp.map((tick) =>
      line(area.left, y(tick), area.right, y(tick), theme.rule, ' stroke-opacity="0.5"'),
    ),
    ...ticksUp.map((tick) =>
      word(area.left - 5, y(tick) + 3.5, String(tick).replace("-", "−"), {
        size: 9.5,
        fill: theme.faint,
        anchor: "end",
      }),
    ),
    ...ticksAcross.map((tick) => line(x(tick), area.bottom, x(tick), area.bottom + 4, theme.rule)),
    ...ticksAcross.map((tick) =>
      word(x(tick), area.bottom + 15, log ? countOf(tick) : String(tick), {
        size: 9.5,
        fill: theme.faint,
        anchor: "middle",
      }),
    ),
    ...wrapText(`${across.label}; up: ${up}`, 10, width - 8, 1).map((text) =>
      word(left + width / 2, area.bottom + 30, text, { size: 10, fill: theme.faint, anchor: "middle" }),
    ),
    `<rect x="${round(area.left)}" y="${round(area.top)}" width="${round(room)}" height="${round(area.bottom - area.top)}" fill="none" stroke="${theme.rule}"/>`,
    ...(reference === undefined
      ? []
      : [
          line(
            area.left,
            y(reference),
            area.right,
            y(reference),
            theme.ink,
            ' stroke-opacity="0.5" stroke-dasharray="4 3"',
          ),
        ]),
    ...order.map((i) => band(curves[i] ?? [], styles[i]!, x, y)),
    ...order.map((i) => stroke(curves[i] ?? [], styles[i]!, x, y)),
    ...order.map((i) => dots(theme, curves[i] ?? [], styles[i]!, x, y)),
  ].join("\n");
}

type Scale = (value: number) => number;

function band(points: readonly CurvePoint[], { colour, strong }: CurveStyle, x: Scale, y: Scale): string {
  if (!strong || points.length === 0) return "";
  if (points.length === 1) {
    const [only] = points;
    return line(
      x(only!.x),
      y(only!.low),
      x(only!.x),
      y(only!.high),
      colour,
      ' stroke-opacity="0.5" stroke-width="2"',
    );
  }
  const above = points.map((point) => `${round(x(point.x))},${round(y(point.high))}`);
  const below = points.map((point) => `${round(x(point.x))},${round(y(point.low))}`).reverse();
  return `<path d="M${[...above, ...below].join("L")}Z" fill="${colour}" fill-opacity="0.14"/>`;
}

function stroke(
  points: readonly CurvePoint[],
  { colour, dash, strong }: CurveStyle,
  x: Scale,
  y: Scale,
): string {
  if (points.length < 2) return "";
  const path = points.map((point) => `${round(x(point.x))},${round(y(point.value))}`).join("L");
  return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="${strong ? 2 : 1}" stroke-linejoin="round"${dash && ` stroke-dasharray="${dash}"`}/>`;
}

function dots(
  theme: Theme,
  points: readonly CurvePoint[],
  { colour, strong }: CurveStyle,
  x: Scale,
  y: Scale,
): string {
  if (!strong) return "";
  return points
    .map((point) =>
      drawSign(
        theme,
        point.flawed ? "flawed" : "sound",
        x(point.x),
        y(point.value),
        point.flawed ? 4.4 : 3,
        colour,
      ),
    )
    .join("");
}

function countOf(n: number): string {
  return n < 1 ? String(Number(n.toPrecision(2))) : shortCount(Math.round(n));
}
