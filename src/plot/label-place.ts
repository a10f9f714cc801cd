/** Where a label may stand on a map: places are tried on a grid, and what each would cover is known. */

import type { DataMap } from "../map/map.js";
import type { Area, MapArea } from "./area.js";
import { mapDensity } from "./density.js";

const unitPixels = 6;
const gap = 5;
/** Of a marker beyond its centre. */
const reach = 4;

/** How full of marks a box is, from 0 to 1: the more examples a spot holds, the less it should be covered. */
export function crowding(map: DataMap, area: MapArea): (box: Area) => number {
  const columns = Math.max(1, Math.floor(area.width / unitPixels));
  const rows = Math.max(1, Math.floor(area.height / unitPixels));
  const { counts, most } = mapDensity(map, area.across, area.up, columns, rows);
  const weight = (n: number): number =>
    n === 0 ? 0 : 0.5 + (0.5 * Math.log(n)) / Math.max(1, Math.log(most));
  return (box) => {
    const column = (x: number): number => Math.floor(((x - area.left) / area.width) * columns);
    const firstColumn = Math.max(0, column(box.left - reach));
    const lastColumn = Math.min(columns - 1, column(box.left + box.width + reach));
    const fromTop = (y: number): number => Math.floor((1 - (y - area.top) / area.height) * rows);
    const firstRow = Math.max(0, fromTop(box.top + box.height + reach));
    const lastRow = Math.min(rows - 1, fromTop(box.top - reach));
    let sum = 0;
    for (let row = firstRow; row <= lastRow; row++)
      for (let column = firstColumn; column <= lastColumn; column++)
        sum += weight(counts[row * columns + column]!);
    return sum / Math.max(1, (lastRow - firstRow + 1) * (lastColumn - firstColumn + 1));
  };
}

/** The place of least cost in the area, the first of equals; null where none is finite or the label is too large. */
export function cheapest(
  area: Area,
  width: number,
  height: number,
  cost: (box: Area) => number,
): Area | null {
  let best: Area | null = null;
  let least = Infinity;
  for (let top = area.top + gap; top + height <= area.top + area.height - gap; top += unitPixels) {
    for (let left = area.left + gap; left + width <= area.left + area.width - gap; left += unitPixels) {
      const box = { left, top, width, height };
      const own = cost(box);
      if (own < least) [best, least] = [box, own];
    }
  }
  return best;
}

/** Whether two labels would touch. */
export function overlap(a: Area, b: Area): boolean {
  return (
    a.left < b.left + b.width + gap &&
    b.left < a.left + a.width + gap &&
    a.top < b.top + b.height + gap &&
    b.top < a.top + a.height + gap
  );
}
