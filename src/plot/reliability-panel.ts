/** One reliability diagram: a square with the diagonal, bins and curve, the measures above, the histogram below. */

import { shortCount } from "./histograms.js";
import type { ReliabilityData, ReliabilityPanel } from "./reliability.js";
import { round } from "./round.js";
import { fitText } from "./svg-text.js";
import type { Theme } from "./theme.js";
import { line, word } from "./words.js";

export interface PanelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Lines that every panel has room for. */
  readonly notes: number;
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
const barRoom = 48;

export function reliabilityPanel(
  theme: Theme,
  { across, up }: Pick<ReliabilityData, "across" | "up">,
  { title, notes, points, curve, histogram }: ReliabilityPanel,
  box: PanelBox,
): string {
  const [blue = theme.ink, red = theme.ink] = theme.series;
  const left = box.left + 34;
  const side = box.width - 34 - 8;
  const top = box.top + 24 + 15 * box.notes;
  const bottom = top + side;
  const x = (share: number): number => left + share * side;
  const y = (share: number): number => bottom - share * side;
  const most = histogram.reduce((max, { count }) => Math.max(max, count), 1);
  const floor = bottom + 8 + barRoom;
  const small = { size: 9.5, fill: theme.faint };
  const bars = histogram.map(({ low, high, count }) => {
    const height = (count / most) * (barRoom - 4);
    return count === 0
      ? ""
      : `<rect x="${round(x(low) + 0.5)}" y="${round(floor - height)}" width="${round(Math.max(0.6, x(high) - x(low) - 1))}" height="${round(height)}" fill="${theme.bar}"/>`;
  });
  const intervals = points.map(({ forecast, low, high }) =>
    line(x(forecast), y(low), x(forecast), y(high), blue, ' stroke-width="1.6"'),
  );
  const dots = points.map(
    ({ forecast, outcome }) =>
      `<circle cx="${round(x(forecast))}" cy="${round(y(outcome))}" r="3.4" fill="${blue}"/>`,
  );
  const band = [
    ...curve.map(({ forecast, high }) => `${round(x(forecast))},${round(y(high))}`),
    ...curve.map(({ forecast, low }) => `${round(x(forecast))},${round(y(low))}`).reverse(),
  ].join("L");
  const path = curve.map(({ forecast, outcome }) => `${round(x(forecast))},${round(y(outcome))}`).join("L");
  return [
    word(box.left, box.top + 12, fitText(title, 12.5, box.width), { size: 12.5, fill: theme.ink }),
    ...notes.map((note, i) =>
      word(box.left, box.top + 28 + 15 * i, fitText(note, 10.5, box.width), {
        size: 10.5,
        fill: theme.faint,
      }),
    ),
    ...ticks.map((tick) => line(left, y(tick), left + side, y(tick), theme.rule, ' stroke-opacity="0.5"')),
    ...ticks.map((tick) => line(x(tick), top, x(tick), bottom, theme.rule, ' stroke-opacity="0.5"')),
    ...ticks.map((tick) => word(left - 5, y(tick) + 3.5, tick.toFixed(1), { ...small, anchor: "end" })),
    `<rect x="${round(left)}" y="${round(top)}" width="${round(side)}" height="${round(side)}" fill="none" stroke="${theme.rule}"/>`,
    line(x(0), y(0), x(1), y(1), theme.ink, ' stroke-opacity="0.55" stroke-dasharray="4 3"'),
    ...(path === ""
      ? []
      : [
          `<path d="M${band}Z" fill="${red}" fill-opacity="0.16"/>`,
          `<path d="M${path}" fill="none" stroke="${red}" stroke-width="2" stroke-linejoin="round"/>`,
        ]),
    ...intervals,
    ...dots,
    ...bars,
    line(left, floor, left + side, floor, theme.faint),
    word(left - 5, floor - barRoom + 10, shortCount(most), { ...small, anchor: "end" }),
    ...ticks.map((tick) => word(x(tick), floor + 13, tick.toFixed(1), { ...small, anchor: "middle" })),
    word(left + side / 2, floor + 28, fitText(`${across}; up: ${up}`, 10, box.width), {
      size: 10,
      fill: theme.faint,
      anchor: "middle",
    }),
  ].join("\n");
}
