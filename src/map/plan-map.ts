/** Checks a map's options against the run and its files, and composes the query of each slice. */

import type { Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import type { Run } from "../run/reader.js";
import { chosenEpochs, epochNumbers } from "./epoch-range.js";
import type { EpochChoice } from "./epoch-range.js";
import { importedSlice } from "./imported-map.js";
import type { RegionRule } from "./map.js";
import type { MapPlan, MapSlice } from "./map-plan.js";
import { registerOtherLabel } from "./other-label.js";
import { checkRowCounts, partFiles } from "./part-files.js";
import { mapQuery } from "./query.js";
import { regionRule } from "./regions.js";
import { rowSlices } from "./row-slices.js";

export interface PlanOptions extends EpochChoice {
  /** 0-based epoch whose el2n is taken. Default 2; null coordinates where a shorter run does not have it. */
  readonly el2nEpoch?: number | undefined;
  /** More runs of the same dataset (other seeds) over which el2n is averaged with this one. Default: none. */
  readonly el2nRuns?: readonly (string | Run)[] | undefined;
  /** Thresholds of the regions, or the share of the examples that is ambiguous by rank. Default: `defaultRegionRule`. */
  readonly regions?: Partial<RegionRule> | number | undefined;
}

/** Everything about a map but its numbers: checks the options and the run's files, and composes the queries. */
export async function planMap(run: Run, options: PlanOptions = {}): Promise<MapPlan> {
  const regions = regionRule(options.regions);
  const { manifest, size } = run;
  if (manifest.imported?.format === "coordinates") {
    const { slice, epochs } = await importedSlice(run, options);
    const description = { size, epochs, range: null, regions, el2nEpoch: null, el2nRuns: 0 };
    return { open: () => undefined, slices: [slice], description };
  }
  const range = chosenEpochs(run.folder, run.epochs, options);
  const numbers = epochNumbers(range);
  const norms = await el2nRuns(run, options);
  const files = new Map(numbers.map((epoch) => [epoch, run.epochFiles(epoch)]));
  const examples = layout.examples(run.folder);
  await checkRowCounts([
    ...partFiles([...files.values(), ...norms.files], size),
    { path: examples, rows: size },
  ]);

  const { labelNames, input } = manifest.dataset;
  const slices = rowSlices(size).map(({ part, first, end }): MapSlice => {
    const sql = mapQuery({
      rows: { first, end },
      examples,
      epochs: numbers.map((epoch) => ({ epoch, file: files.get(epoch)?.[part] ?? "" })),
      el2nFiles: norms.files.map((parts) => parts[part] ?? ""),
      columns: manifest.columns,
      labelNames,
      choices: input === "choices",
    });
    return { rows: end - first, sql };
  });
  const description = {
    size,
    epochs: numbers.length,
    range,
    regions,
    el2nEpoch: norms.files.length > 0 ? norms.epoch : null,
    el2nRuns: norms.files.length,
  };
  const open = (database: Database): void => {
    registerOtherLabel(database.connection, numbers.length, labelNames.length);
  };
  return { open, slices, description };
}

async function el2nRuns(
  run: Run,
  { el2nEpoch, el2nRuns: others = [] }: PlanOptions,
): Promise<{ epoch: number; files: string[][] }> {
  const epoch = el2nEpoch ?? 2;
  const files: string[][] = [];
  const runs = [run];
  for (const other of others) runs.push(typeof other === "string" ? await openRun(other) : other);
  for (const one of runs) {
    const named = el2nEpoch !== undefined || others.length > 0;
    const reaches = Number.isInteger(epoch) && epoch >= 0 && epoch < one.epochs;
    if (named && !reaches) {
      throw new UserError({
        subject: "--el2n-epoch",
        problem: "no such epoch",
        value: epoch,
        remedy: `${one.folder} has epochs 0..${one.epochs - 1}`,
      });
    }
    if (!sameExamples(run, one)) {
      throw new UserError({
        subject: one.folder,
        problem: `its dataset is not that of ${run.folder}`,
        remedy: "el2n is averaged over runs of one dataset that differ in their seed",
      });
    }
    if (reaches && one.manifest.columns.includes("el2n")) files.push(one.epochFiles(epoch));
    else if (one !== run) {
      throw new UserError({
        subject: one.folder,
        problem: "does not record el2n",
        remedy: "leave it out, or train it with Alidade",
      });
    }
  }
  return { epoch, files };
}

function sameExamples(run: Run, other: Run): boolean {
  const checksum = (one: Run): string | undefined => one.manifest.checksums["examples.parquet"];
  return run === other || (run.size === other.size && checksum(run) === checksum(other));
}
