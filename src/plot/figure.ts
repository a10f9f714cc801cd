/** A whole figure: title, subtitle, and panels at their places. */

import { escapeXml, fitText, textWidth } from "./svg-text.js";
import { fontStack, type Theme } from "./theme.js";

export interface FigureText {
  readonly title?: string | undefined;
  readonly subtitle?: string | undefined;
}

export const margin = 16;
const titleSize = 16;
const subtitleSize = 11.5;

/** Height that title and subtitle take. */
export function headHeight({ title, subtitle }: FigureText): number {
  return (title ? 26 : 0) + (subtitle ? 18 : 0) + (title || subtitle ? 10 : 0) + margin;
}

/** The SVG document. @param parts SVG fragments */
export function figure(
  theme: Theme,
  width: number,
  height: number,
  text: FigureText,
  parts: readonly string[],
): string {
  const lines: string[] = [];
  let y = margin;
  const line = (content: string, size: number, colour: string, weight: string): void => {
    y += size + 4;
    lines.push(
      `<text x="${margin}" y="${y}" font-size="${size}" fill="${colour}"${weight}>${escapeXml(fitText(content, size, width - 2 * margin))}</text>`,
    );
  };
  if (text.title) line(text.title, titleSize, theme.ink, "");
  if (text.subtitle) line(text.subtitle, subtitleSize, theme.faint, "");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fontStack}">`,
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    ...lines,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** A word on a patch of background, so that it can be read over marks. Centred on (x, y). */
export function patchedText(theme: Theme, text: string, x: number, y: number, size: number): string {
  const width = patchWidth(text, size);
  return (
    `<g><rect x="${(x - width / 2).toFixed(1)}" y="${(y - size * 0.85).toFixed(1)}" width="${width.toFixed(1)}" height="${(size * 1.7).toFixed(1)}" ` +
    `rx="3" fill="${theme.background}" fill-opacity="0.82"/>` +
    `<text x="${x.toFixed(1)}" y="${(y + size * 0.36).toFixed(1)}" font-size="${size}" text-anchor="middle" fill="${theme.ink}">${escapeXml(text)}</text></g>`
  );
}

/** Width of the patch behind a word. */
export function patchWidth(text: string, size: number): number {
  return textWidth(text, size) + 12;
}
