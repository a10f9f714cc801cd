/** Where everything of a study lies. Nothing else spells these names. */

import { join } from "node:path";

export const studyLayout = {
  manifest: (study: string) => join(study, "study.json"),
  results: (study: string) => join(study, "results.parquet"),
  /** Every test example: test, row, id, label, cluster. */
  tests: (study: string) => join(study, "tests.parquet"),
  maps: (study: string) => join(study, "maps"),
  /** A run, as `alidade map` makes them. */
  map: (study: string, key: string) => join(study, "maps", key),
  selections: (study: string) => join(study, "selections"),
  selection: (study: string, key: string) => join(study, "selections", `${key}.parquet`),
  cells: (study: string) => join(study, "cells"),
  predictions: (study: string, key: string) => join(study, "predictions", `${key}.parquet`),
  /** What a step found: it stands where this file does. */
  record: (study: string, kind: "map" | "selection" | "cell", key: string) =>
    join(study, `${kind}s`, `${key}.json`),
  failures: (study: string) => join(study, "failures"),
  failure: (study: string, key: string) => join(study, "failures", `${key}.json`),
  log: (study: string, key: string) => join(study, "logs", `${key}.log`),
  /** Titles and notes of the tables of the study's own, which lie beside it as CSV. */
  findings: (study: string) => join(study, "findings.json"),
  lock: (study: string) => join(study, ".lock"),
  scratch: (study: string) => join(study, ".tmp"),
  /** What is running now. It goes with the process that runs it. */
  running: (study: string) => join(study, ".tmp", "running.json"),
} as const;
