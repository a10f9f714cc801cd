/** What colour and shape say: correctness. */

import { correctnessLevels } from "./correctness-levels.js";
import { markerOf } from "./markers.js";
import { wrapText } from "./svg-text.js";
import { correctnessColour, type Theme } from "./theme.js";
import { textWidth } from "./typeface.js";

export interface Legend {
  readonly svg: string;
  readonly height: number;
}

const fontSize = 11;
const noteSize = 10.5;
const cellsNote = "each cell: mean correctness; the fuller the colour, the more examples (log scale)";

/** One row of samples, and where cells are drawn a line on what their strength says. @param width that it may take */
export function correctnessLegend(
  theme: Theme,
  x: number,
  y: number,
  width: number,
  { epochs, points }: { readonly epochs: number; readonly points: boolean },
): Legend {
  const levels = correctnessLevels(epochs);
  const title = "correctness";
  const start = textWidth(title, fontSize) + 18;
  const item = Math.min(54, (width - start) / (levels.steps + 1));
  const samples = Array.from({ length: levels.steps + 1 }, (_, level) => {
    const share = level / levels.steps;
    const left = x + start + level * item;
    const colour = correctnessColour(theme, share);
    const mark = points
      ? markerOf(share, 4)(left, y + 9, ` fill="${colour}"`)
      : `<rect x="${left - 5}" y="${y + 4}" width="10" height="10" fill="${colour}"/>`;
    return `${mark}<text x="${left + 8}" y="${y + 13}" font-size="${fontSize}" fill="${theme.ink}">${levels.label(level)}</text>`;
  });
  const lines = points ? [] : wrapText(cellsNote, noteSize, width, 3);
  const note = lines.map(
    (line, i) =>
      `<text x="${x}" y="${y + 31 + i * (noteSize + 3)}" font-size="${noteSize}" fill="${theme.faint}">${line}</text>`,
  );
  return {
    svg: `<text x="${x}" y="${y + 13}" font-size="${fontSize}" fill="${theme.ink}">${title}</text>${samples.join("")}${note.join("")}`,
    height: 18 + lines.length * (noteSize + 3) + (points ? 0 : 4),
  };
}
