/** Signs of results: shape and colour both tell them apart, so that each does alone. */

import { round } from "./round.js";
import { fitText } from "./svg-text.js";
import type { Theme } from "./theme.js";
import { textWidth } from "./typeface.js";
import { word } from "./words.js";

/** `sound`: all cells ok. `flawed`: some did not. The others are verdicts on a difference. */
export type Sign = "sound" | "flawed" | "better" | "worse" | "equivalent" | "inconclusive";

interface Look {
  readonly says: string;
  readonly colour: (theme: Theme) => string;
  readonly draw: (x: number, y: number, r: number, colour: string, theme: Theme) => string;
}

const disc: Look["draw"] = (x, y, r, colour) =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${r}" fill="${colour}"/>`;
const ring: Look["draw"] = (x, y, r, colour, { background }) =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${r}" fill="${background}" stroke="${colour}" stroke-width="1.6"/>`;
const shape =
  (points: readonly (readonly [number, number])[]): Look["draw"] =>
  (x, y, r, colour) =>
    `<path d="M${points.map(([dx, dy]) => `${round(x + dx * r)},${round(y + dy * r)}`).join("L")}Z" fill="${colour}"/>`;
const series =
  (index: number) =>
  ({ series: all, ink }: Theme): string =>
    all[index] ?? ink;

const looks: Readonly<Record<Sign, Look>> = {
  sound: { says: "all cells ok", colour: series(0), draw: disc },
  flawed: { says: "some cells not ok", colour: series(1), draw: ring },
  better: {
    says: "better",
    colour: series(0),
    draw: shape([
      [-1.1, -1.15],
      [1.35, 0],
      [-1.1, 1.15],
    ]),
  },
  worse: {
    says: "worse",
    colour: series(1),
    draw: shape([
      [1.1, -1.15],
      [-1.35, 0],
      [1.1, 1.15],
    ]),
  },
  equivalent: {
    says: "equivalent",
    colour: series(2),
    draw: shape([
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ]),
  },
  inconclusive: { says: "inconclusive", colour: ({ faint }) => faint, draw: ring },
};

const order = Object.keys(looks) as Sign[];

export function signColour(theme: Theme, sign: Sign): string {
  return looks[sign].colour(theme);
}

/** @param colour default: the sign's own */
export function drawSign(theme: Theme, sign: Sign, x: number, y: number, r: number, colour?: string): string {
  return looks[sign].draw(x, y, r, colour ?? signColour(theme, sign), theme);
}

/**
 * What the signs that occur say, in rows no wider than `width`; nothing where all is sound.
 *
 * @param colour where signs take the colour of what they mark. Default: their own
 */
export function signLegend(
  theme: Theme,
  signs: Iterable<Sign>,
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
  colour?: string,
): { readonly svg: string; readonly height: number } {
  const used = new Set(signs);
  const shown = order.filter((sign) => used.has(sign));
  if (shown.length === 0 || (shown.length === 1 && shown[0] === "sound")) return { svg: "", height: 0 };
  let [x, y] = [left, top + 12];
  const parts = shown.map((sign) => {
    const says = fitText(looks[sign].says, 11, width - 16);
    const wide = 16 + textWidth(says, 11) + 18;
    if (x > left && x + wide > left + width) [x, y] = [left, y + 17];
    const drawn =
      drawSign(theme, sign, x + 5, y - 4, 4, colour) + word(x + 16, y, says, { size: 11, fill: theme.ink });
    x += wide;
    return drawn;
  });
  return { svg: parts.join(""), height: y - top + 8 };
}
