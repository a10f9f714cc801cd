/** `alidade/map`: coordinates and regions, and what they say. */

export { buildMap, type MapOptions } from "./build-map.js";
export { exportAllenai, type CompatOptions } from "./compat.js";
export type { Coordinate } from "./coordinate.js";
export { coordinates } from "./coordinates.js";
export { parseEpochRange, type EpochRange } from "./epoch-range.js";
export { rankExamples, type RankedExample, type RankOptions } from "./examples.js";
export { exportCoordinates, exportDynamics, exportTable, type TableOptions } from "./export.js";
export { defaultRegionRule, regionNames, type DataMap, type Region, type RegionRule } from "./map.js";
export type { MapDescription } from "./map-description.js";
export { readCoordinate, readMap, readMapDescription, streamMap, type StoredMap } from "./read-map.js";
export { assignRegions } from "./regions.js";
export {
  summarise,
  type EpochSummary,
  type LabelSummary,
  type Summary,
  type SummaryOptions,
} from "./summary.js";
