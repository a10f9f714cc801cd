/** What the colours of a value say: a strip from the one end to the other. */

import type { Legend } from "./correctness-legend.js";
import { round } from "./round.js";
import { escapeXml, wrapText } from "./svg-text.js";
import { correctnessColour, type Theme } from "./theme.js";
import { textWidth } from "./typeface.js";

const fontSize = 11;
const noteSize = 10.5;
const steps = 40;

/** @param width that it may take */
export function valueLegend(
  theme: Theme,
  x: number,
  y: number,
  width: number,
  {
    name,
    extent,
    cells,
  }: {
    readonly name: string;
    readonly extent: { readonly from: number; readonly to: number };
    readonly cells: boolean;
  },
): Legend {
  const [low, high] = [extent.from, extent.to].map((value) => String(Number(value.toFixed(2))));
  const left = x + textWidth(name, fontSize) + 14 + textWidth(low!, fontSize) + 6;
  const strip = Math.max(60, Math.min(220, x + width - left - textWidth(high!, fontSize) - 8));
  const cell = strip / steps;
  const rects = Array.from({ length: steps }, (_, i) => {
    const colour = correctnessColour(theme, (i + 0.5) / steps);
    return `<rect x="${round(left + i * cell)}" y="${y + 4}" width="${round(cell + 0.3)}" height="10" fill="${colour}"/>`;
  });
  const word = (at: number, text: string, anchor = "start"): string =>
    `<text x="${round(at)}" y="${y + 13}" font-size="${fontSize}" text-anchor="${anchor}" fill="${theme.ink}">${escapeXml(text)}</text>`;
  const lines = cells
    ? wrapText(
        `each cell: mean ${name}; the fuller the colour, the more examples (log scale)`,
        noteSize,
        width,
        3,
      )
    : [];
  const note = lines.map(
    (line, i) =>
      `<text x="${x}" y="${y + 31 + i * (noteSize + 3)}" font-size="${noteSize}" fill="${theme.faint}">${escapeXml(line)}</text>`,
  );
  return {
    svg: [word(x, name), word(left - 6, low!, "end"), ...rects, word(left + strip + 6, high!), ...note].join(
      "",
    ),
    height: 18 + lines.length * (noteSize + 3) + (cells ? 4 : 0),
  };
}
