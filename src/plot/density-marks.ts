/** Examples as the density of cells: colour by mean correctness, the fuller the colour the more examples. */

import type { MapArea } from "./area.js";
import { mapDensity, type Coordinates } from "./density.js";
import { round } from "./round.js";
import { correctnessColour, type Theme } from "./theme.js";

/** Opacity by log count, in steps from the least to 1: neighbours of one step are one rectangle. */
const leastOpacity = 0.6;
const opacitySteps = 12;
const colourSteps = 24;

/** Cells are whole pixels, so that no seams show between them; finer where examples are many. */
export function cellPixels(examples: number, area: MapArea): number {
  const room = Math.sqrt((area.width * area.height) / Math.max(1, examples));
  return room > 3 ? 4 : room > 0.5 ? 3 : 2;
}

/** SVG of the cells that hold examples. */
export function densityMarks(
  map: Coordinates,
  { theme, area, cell }: { theme: Theme; area: MapArea; cell: number },
): string {
  const columns = Math.ceil(area.width / cell);
  const rows = Math.ceil(area.height / cell);
  // The grid is as large as its cells, a part of a cell beyond the area: places stay true.
  const across = { from: area.across.from, to: stretched(area.across, (columns * cell) / area.width) };
  const up = { from: area.up.from, to: stretched(area.up, (rows * cell) / area.height) };
  const { counts, known, correctness, most } = mapDensity(map, across, up, columns, rows);
  const logMost = Math.log(most);
  const style = (index: number): string => {
    const n = counts[index]!;
    if (n === 0) return "";
    const strength = most === 1 ? 1 : Math.log(n) / logMost;
    const step = Math.min(opacitySteps - 1, Math.floor(strength * opacitySteps));
    const opacity = round(leastOpacity + ((1 - leastOpacity) * step) / (opacitySteps - 1));
    const share = Math.round((correctness[index]! / known[index]!) * colourSteps) / colourSteps;
    const colour = known[index] === 0 ? theme.bar : correctnessColour(theme, share);
    return `fill="${colour}" fill-opacity="${opacity}"`;
  };
  const paths = new Map<string, string[]>();
  const bottom = area.top + area.height;
  for (let row = 0; row < rows; row++) {
    // A row of cells, or what of it the area holds.
    const top = Math.max(area.top, bottom - (row + 1) * cell);
    const height = bottom - row * cell - top;
    let column = 0;
    while (column < columns) {
      const own = style(row * columns + column);
      let end = column + 1;
      while (end < columns && style(row * columns + end) === own) end++;
      if (own !== "") {
        const left = area.left + column * cell;
        const width = Math.min(area.left + area.width, area.left + end * cell) - left;
        const held = paths.get(own) ?? [];
        paths.set(own, held);
        held.push(`M${round(left)},${round(top)}h${round(width)}v${round(height)}h-${round(width)}z`);
      }
      column = end;
    }
  }
  const styles = [...paths.keys()].sort();
  return `<g shape-rendering="crispEdges">${styles.map((own) => `<path ${own} d="${(paths.get(own) ?? []).join("")}"/>`).join("\n")}</g>`;
}

function stretched({ from, to }: { from: number; to: number }, factor: number): number {
  return from + (to - from) * factor;
}
