/** The maps of a comparison side by side, and arrows from place to place of what moved farthest. */

import { readCoordinate, readRegions } from "../../map/read-map.js";
import { plotComparison, type ComparisonFigureOptions } from "../../plot/comparison-figure.js";
import { eachRun, readPlaces, type MapComparison } from "./compare-maps.js";
import { joinMaps } from "./join-maps.js";
import { farthestMoves } from "./movers.js";

/** Arrows that are drawn, more than are listed: a few arrows show no direction. */
const arrows = 60;

/** @returns an SVG document */
export async function comparisonFigure(
  { runs, movers }: MapComparison,
  options: ComparisonFigureOptions = {},
): Promise<string> {
  const joined = await joinMaps(runs.map(({ folder }) => folder));
  const places = await readPlaces(joined);
  const correctness = await eachRun(joined, (folder) => readCoordinate(folder, "correctness"));
  const regions = await eachRun(joined, readRegions);
  return plotComparison(
    {
      maps: runs.map(({ name, trainer, seed }, at) => ({
        name,
        note: trainer === null ? "imported" : `${trainer}, seed ${seed}`,
        confidence: places[at]!.confidence,
        variability: places[at]!.variability,
        correctness: correctness[at]!,
        regions: Uint8Array.from(regions[at]!, (region) => (Number.isNaN(region) ? 255 : region)),
      })),
      epochs: Math.max(...runs.map(({ epochs }) => epochs)),
      moves: farthestMoves(places, Math.max(arrows, movers.length)),
      numbered: Math.min(10, movers.length),
    },
    options,
  );
}
