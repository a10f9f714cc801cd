/** Computes a run's map and writes `map.parquet`. */

import { layout } from "../run/layout.js";
import { resumeRun } from "../run/open-writer.js";
import { Run } from "../run/reader.js";
import { RunWriter } from "../run/writer.js";
import type { MapDescription } from "./map-description.js";
import { planMap } from "./plan-map.js";
import type { PlanOptions } from "./plan-map.js";
import { writeMap } from "./write-map.js";
import type { WriteOptions } from "./write-map.js";

export type MapOptions = PlanOptions & WriteOptions;

/**
 * Computes the map of a run and writes or replaces its `map.parquet`: row, id, label, the coordinates, region.
 *
 * @param run its folder, or the run, or the writer that has it open (a run has one writer at a time)
 * @returns what the map was computed with, as it is kept in the file
 * @throws UserError where an option is out of range, epochs do not fit together, or another process writes the run
 */
export async function buildMap(
  run: string | Run | RunWriter,
  options: MapOptions = {},
): Promise<MapDescription> {
  if (!(run instanceof RunWriter)) {
    const writer = await resumeRun(typeof run === "string" ? run : run.folder);
    try {
      return await buildMap(writer, options);
    } finally {
      await writer.close();
    }
  }
  const plan = await planMap(new Run(run.folder, run.manifest), options);
  await run.publishFile(layout.map(run.folder), (path) => writeMap(plan, path, options));
  return plan.description;
}
