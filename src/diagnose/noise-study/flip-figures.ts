/** Where the flipped examples were on the map, and where they went: each map with its histograms, and both with an arrow for each example. */

import { join } from "node:path";
import type { DataMap } from "../../map/map.js";
import { plotComparison } from "../../plot/comparison-figure.js";
import { plotMap } from "../../plot/map-figure.js";
import { writeFigure } from "../../plot/render.js";

/** One injection and the map that was drawn after it. */
export interface FlippedMap {
  readonly rate: number;
  readonly map: DataMap;
  /** 1 where the label was flipped. */
  readonly flipped: Uint8Array;
}

/** So many arrows can be told apart. */
const mostArrows = 150;

/** @param before the map of the labels as they were. @returns the paths of the figures in the folder */
export async function drawFlips(
  cells: readonly FlippedMap[],
  before: DataMap,
  out: string,
): Promise<string[]> {
  const figures: string[] = [];
  for (const { rate, map, flipped } of cells) {
    const rows = Int32Array.from(flipped.keys()).filter((row) => flipped[row] === 1);
    if (rows.length === 0) continue;
    const many = `${rows.length.toLocaleString("en-US")} flipped examples`;
    const subtitle = `rate ${rate}, seed 0`;
    const [was, is] = [mapOf(before, rows), mapOf(map, rows)];
    const draw = async (name: string, svg: string): Promise<void> => {
      const path = join(out, `flipped-${name}-${rate}.svg`);
      await writeFigure(path, svg, {});
      figures.push(path);
    };
    await draw("before", plotMap(was, { title: `${many}, before`, subtitle }));
    await draw("after", plotMap(is, { title: `${many}, after`, subtitle }));
    await draw("moved", flipsFigure(was, is, { title: many, subtitle }));
  }
  return figures;
}

/** Both maps on the same scales and the way of each example, the farthest if they are many. */
export function flipsFigure(
  before: DataMap,
  after: DataMap,
  look: {
    readonly title: string;
    readonly subtitle: string;
    readonly width?: number;
    readonly theme?: "light" | "dark";
  },
): string {
  const distance = (row: number): number =>
    Math.hypot(
      after.confidence[row]! - before.confidence[row]!,
      after.variability[row]! - before.variability[row]!,
    );
  const moves = Array.from(before.ids.keys())
    .sort((a, b) => distance(b) - distance(a) || a - b)
    .slice(0, mostArrows)
    .map((at) => ({ at, from: 0, to: 1 }));
  const maps = [
    { name: "before", note: "the right labels", ...before },
    { name: "after", note: "the flipped labels", ...after },
  ];
  return plotComparison({ maps, epochs: after.epochs, moves, numbered: 0 }, look);
}

function mapOf(map: DataMap, rows: Int32Array): DataMap {
  const at = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return {
    size: rows.length,
    ids: Array.from(rows, (row) => map.ids[row]!),
    labels: Array.from(rows, (row) => map.labels[row]!),
    confidence: at(map.confidence),
    variability: at(map.variability),
    correctness: at(map.correctness),
    correctEpochs: at(map.correctEpochs),
    epochs: map.epochs,
    regions: Uint8Array.from(rows, (row) => map.regions[row]!),
  };
}
