/** Where everything of a run lies. Nothing else in Alidade spells these names. */

import { basename, join } from "node:path";

export const layout = {
  manifest: (run: string) => join(run, "run.json"),
  examples: (run: string) => join(run, "examples.parquet"),
  dynamics: (run: string) => join(run, "dynamics"),
  epoch: (run: string, epoch: number) => join(run, "dynamics", `epoch=${epoch}`),
  part: (run: string, epoch: number, part: number) =>
    join(run, "dynamics", `epoch=${epoch}`, `part-${part}.parquet`),
  map: (run: string) => join(run, "map.parquet"),
  /** What a coordinates file said: the source of the map where there are no dynamics. */
  coordinates: (run: string) => join(run, "coordinates.parquet"),
  tests: (run: string) => join(run, "tests"),
  test: (run: string, name: string) => join(run, "tests", `${name}.json`),
  testPredictions: (run: string, name: string) => join(run, "tests", `${name}.parquet`),
  model: (run: string) => join(run, "model"),
  state: (run: string, epoch: number) => join(run, "state", `epoch=${epoch}`),
  states: (run: string) => join(run, "state"),
  companions: (run: string) => join(run, "companions"),
  /** What the trained model makes of each example. */
  embeddings: (run: string) => join(run, "embeddings.parquet"),
  verdicts: (run: string) => join(run, "verdicts.jsonl"),
  lock: (run: string) => join(run, ".lock"),
  scratch: (run: string) => join(run, ".tmp"),
} as const;

/** Names in a run's folder that are the run: all but locks and scratch. */
export const runEntries: readonly string[] = [
  layout.manifest,
  layout.examples,
  layout.dynamics,
  layout.map,
  layout.coordinates,
  layout.tests,
  layout.model,
  layout.states,
  layout.companions,
  layout.embeddings,
  layout.verdicts,
].map((place) => basename(place("run")));

/** Rows of one part file of an epoch. */
export const partRows = 2 ** 20;
