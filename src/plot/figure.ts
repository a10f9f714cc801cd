/** A whole figure: title and subtitle, and below them panels at their places. */

import { UserError } from "../core/errors.js";
import { escapeXml, wrapText } from "./svg-text.js";
import { fontStack, type Theme, type ThemeName } from "./theme.js";

/** What every figure can be told. */
export interface FigureOptions {
  /** Default: none. Cut after two lines. */
  readonly title?: string | undefined;
  /** A smaller line below. Default: none. Cut after three lines. */
  readonly subtitle?: string | undefined;
  /** Default: light. */
  readonly theme?: ThemeName | undefined;
  /** Of the figure, in pixels, from 240 to 8,000. */
  readonly width?: number | undefined;
}

export interface Head {
  readonly svg: string;
  /** Where the panels may start. */
  readonly height: number;
}

export const margin = 16;
const titleSize = 17;
const subtitleSize = 11.5;

/** Title and subtitle over the whole width. `notes` follow the subtitle: what a reader of the figure must know. */
export function figureHead(
  theme: Theme,
  width: number,
  { title = "", subtitle = "" }: FigureOptions,
  notes: readonly string[] = [],
): Head {
  const lines: string[] = [];
  let y = margin - 2;
  const write = (text: string, size: number, colour: string, most: number): void => {
    for (const line of wrapText(text, size, width - 2 * margin, most)) {
      y += size + 4;
      lines.push(
        `<text x="${margin}" y="${y}" font-size="${size}" fill="${colour}">${escapeXml(line)}</text>`,
      );
    }
  };
  write(title, titleSize, theme.ink, 2);
  const joined = [subtitle, ...notes].filter((part) => part !== "").join(" · ");
  const most = 3;
  if (wrapText(joined, subtitleSize, width - 2 * margin, most + 1).length <= most) {
    write(joined, subtitleSize, theme.faint, most);
  } else {
    // What was left out is no detail: however long the subtitle, the notes stand whole.
    write(subtitle, subtitleSize, theme.faint, most);
    write(notes.join(" · "), subtitleSize, theme.faint, 6);
  }
  return { svg: lines.join("\n"), height: lines.length === 0 ? margin : y + 16 };
}

/** The SVG document. @param parts SVG fragments */
export function figure(
  theme: Theme,
  width: number,
  height: number,
  { title = "figure" }: FigureOptions,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `role="img" aria-label="${escapeXml(title)}" font-family="${fontStack}">`,
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** The width asked for, or the default. @throws UserError for one that no figure fits in */
export function figureWidth({ width }: FigureOptions, byDefault: number): number {
  if (width === undefined) return byDefault;
  if (width >= 240 && width <= 8000) return Math.round(width);
  throw new UserError({
    subject: "figure",
    problem: "no width for a figure",
    value: width,
    remedy: "give pixels from 240 to 8000",
  });
}
