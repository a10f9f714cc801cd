/** One triangle of mixtures: the fitted ground, its region, the grid, what was measured, and single points that are marked. */

import { round } from "./round.js";
import { wrapText } from "./svg-text.js";
import type { Theme } from "./theme.js";
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

/** A star for what was chosen, a diamond for what an oracle would have. */
export interface Mark {
  readonly shares: Shares;
  readonly shape: "star" | "diamond";
}

/** Where a triangle stands: its upper corner's height, its left corner, its side, in pixels. */
export interface TriangleAt {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

export type Place = (shares: Shares) => readonly [x: number, y: number];

/** Triangles along an edge that the surface is drawn with. */
const steps = 36;
/** Shades of the surface: many, so that no edge shows that the fit does not have. */
const finest = 64;
const shades = 9;

export function triangleHeight(side: number): number {
  return (side * Math.sqrt(3)) / 2;
}

export function placeIn({ top, left, side }: TriangleAt): Place {
  return ([a, b, c]) => {
    const all = a + b + c;
    return [left + ((c + a / 2) / all) * side, top + (1 - a / all) * triangleHeight(side)];
  };
}

/** A small triangle of the ground. */
export interface Piece {
  readonly corners: readonly [Shares, Shares, Shares];
  readonly value: number;
}

/** The ground, cut into small triangles, each with what the surface says of its middle. */
export function pieces(surface: (shares: Shares) => number): Piece[] {
  const found: Piece[] = [];
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

/** Colours for values from `low` to `most`. */
export function coloursFor(theme: Theme, low: number, most: number): (value: number) => string {
  return (value) => shade(theme, most > low ? (value - low) / (most - low) : 1, finest);
}

export function groundOf(found: readonly Piece[], at: Place, colour: (value: number) => string): string[] {
  return found.map(({ corners, value }) => {
    const fill = colour(value);
    return `<path d="${pathOf(corners, at)}" fill="${fill}" stroke="${fill}" stroke-width="0.6"/>`;
  });
}

/** The line around all places where the surface is at least `least`: straight through each small triangle, and along the frame. */
export function outlineOf(
  theme: Theme,
  surface: (shares: Shares) => number,
  least: number,
  at: Place,
): string {
  const value = new Map<string, number>();
  const above = (shares: Shares): number => {
    const key = shares.map((share) => Math.round(share * steps)).join(",");
    const known = value.get(key) ?? surface(shares) - least;
    value.set(key, known);
    return known;
  };
  const between = (a: Shares, b: Shares): Shares => {
    const share = above(a) / (above(a) - above(b));
    return a.map((one, k) => one + share * (b[k]! - one)) as unknown as Shares;
  };
  const segments: (readonly [Shares, Shares])[] = [];
  for (const { corners } of pieces(() => 0)) {
    const edges = corners.map((corner, i) => [corner, corners[(i + 1) % 3]!] as const);
    const cuts = edges.filter(([a, b]) => above(a) >= 0 !== above(b) >= 0).map(([a, b]) => between(a, b));
    if (cuts.length === 2) segments.push([cuts[0]!, cuts[1]!]);
    for (const [a, b] of edges) {
      const onFrame = a.some((share, k) => share < 1e-9 && b[k]! < 1e-9);
      if (!onFrame || (above(a) < 0 && above(b) < 0)) continue;
      segments.push([above(a) < 0 ? between(a, b) : a, above(b) < 0 ? between(b, a) : b]);
    }
  }
  if (segments.length === 0) return "";
  const path = segments
    .map((ends) => `M${ends.map((end) => at(end).map(round).join(",")).join("L")}`)
    .join("");
  return (
    `<path d="${path}" fill="none" stroke="${theme.background}" stroke-width="3.4" stroke-linecap="round"/>` +
    `<path d="${path}" fill="none" stroke="${theme.ink}" stroke-width="1.6" stroke-linecap="round"/>`
  );
}

export function frameOf(theme: Theme, at: Place): string {
  const whole: readonly Shares[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return `<path d="${pathOf(whole, at)}" fill="none" stroke="${theme.ink}" stroke-opacity="0.6"/>`;
}

/** A quarter apart. */
export function gridOf(theme: Theme, at: Place): string[] {
  const rule = (from: Shares, to: Shares): string => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    return line(x1, y1, x2, y2, theme.ink, ' stroke-opacity="0.18"');
  };
  return [0.25, 0.5, 0.75].flatMap((s) => [
    rule([s, 1 - s, 0], [s, 0, 1 - s]),
    rule([1 - s, s, 0], [0, s, 1 - s]),
    rule([1 - s, 0, s], [0, 1 - s, s]),
  ]);
}

/** Each edge names the share of the corner that it runs to. */
export function ticksOf(theme: Theme, at: Place): string[] {
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
    tick([s, 0, 1 - s], 14, 4, "start", s),
    tick([1 - s, s, 0], -14, 4, "end", s),
    tick([0, 1 - s, s], 0, 21, "middle", s),
  ]);
}

export function mixtureDot(
  theme: Theme,
  { shares, value, best = false }: Mixture,
  at: Place,
  colour: (value: number) => string,
  r = 5.5,
): string {
  const [x, y] = at(shares);
  const ring = best
    ? `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="none" stroke="${theme.background}" stroke-width="4"/>` +
      `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="none" stroke="${theme.ink}" stroke-width="1.8"/>`
    : "";
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${r}" fill="${colour(value)}" stroke="${theme.ink}" stroke-width="1.2"/>${ring}`;
}

const star = Array.from({ length: 10 }, (_, i) => {
  const [r, angle] = [i % 2 === 0 ? 1.35 : 0.58, (Math.PI * i) / 5 - Math.PI / 2];
  return [r * Math.cos(angle), r * Math.sin(angle)] as const;
});
const diamond = [
  [0, -1.25],
  [1.05, 0],
  [0, 1.25],
  [-1.05, 0],
] as const;

/** The second series' colour: it is not on the ground's scale. */
export function markSign(theme: Theme, shape: Mark["shape"], x: number, y: number, r = 7): string {
  const points = (shape === "star" ? star : diamond).map(
    ([dx, dy]) => `${round(x + dx * r)},${round(y + dy * r)}`,
  );
  const fill = theme.series[shape === "star" ? 1 : 2] ?? theme.ink;
  return `<path d="M${points.join("L")}Z" fill="${fill}" stroke="${theme.background}" stroke-width="1.6" stroke-linejoin="round" paint-order="stroke"/>`;
}

/** The scale of the ground's colours, with its label. */
export function colourScale(
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

function pathOf(corners: readonly Shares[], at: Place): string {
  return `M${corners.map((corner) => at(corner).map(round).join(",")).join("L")}Z`;
}
