/** A run's map as a figure in a file. */

import type { MapDescription } from "../map/map-description.js";
import { readMap } from "../map/read-map.js";
import type { MapFigureOptions } from "../plot/map-figure.js";
import type { WriteFigureOptions } from "../plot/render.js";
import { openRun } from "../run/reader.js";
import { describeRun } from "./describe-run.js";

/** Draws the map and writes it in the format that the path's extension names. */
export async function drawFigure(
  folder: string,
  path: string,
  options: MapFigureOptions & WriteFigureOptions = {},
): Promise<void> {
  // Drawing is half of the program: whoever draws nothing does not wait for it to be loaded.
  const [{ plotMap }, { writeFigure }] = await Promise.all([
    import("../plot/map-figure.js"),
    import("../plot/render.js"),
  ]);
  const [map, run] = await Promise.all([readMap(folder), openRun(folder)]);
  const { title, subtitle } = describeRun(run.manifest, map.description);
  await writeFigure(
    path,
    plotMap(map, {
      ...options,
      title: options.title ?? title,
      subtitle,
      thresholds: thresholds(map.description),
    }),
    options,
  );
}

function thresholds({ regions }: MapDescription): { confidence: number; variability: number | null } {
  const { confidence, variability } = regions;
  return { confidence, variability: typeof variability === "number" ? variability : null };
}
