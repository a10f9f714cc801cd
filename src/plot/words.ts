/** Lines of text of a figure, in its typeface and colours. */

import { round } from "./round.js";
import { escapeXml } from "./svg-text.js";

export type Anchor = "start" | "middle" | "end";

export function word(
  x: number,
  y: number,
  text: string,
  {
    size,
    fill,
    anchor = "start",
  }: { readonly size: number; readonly fill: string; readonly anchor?: Anchor },
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  attributes = "",
): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"${attributes}/>`;
}
