/** Checks a map's options against the run and its files, and composes the query of each part. */

import { fileLiteral } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout, partRows } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import type { Run } from "../run/reader.js";
import { chosenEpochs, epochNumbers } from "./epoch-range.js";
import type { EpochChoice } from "./epoch-range.js";
import { importedPart } from "./imported-map.js";
import type { RegionRule } from "./map.js";
import type { MapPart, MapPlan } from "./map-plan.js";
import { registerOtherLabel } from "./other-label.js";
import { checkPartFiles } from "./part-files.js";
import { mapQuery } from "./query.js";
import type { MapQuery } from "./query.js";
import { regionRule } from "./regions.js";

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
    const { part, epochs } = await importedPart(run, options);
    const description = { size, epochs, range: null, regions, el2nEpoch: null, el2nRuns: 0 };
    return { open: () => undefined, parts: [part], description };
  }
  const range = chosenEpochs(run.folder, run.epochs, options);
  const numbers = epochNumbers(range);
  const norms = await el2nRuns(run, options);
  const files = new Map(numbers.map((epoch) => [epoch, run.epochFiles(epoch)]));
  await checkPartFiles([...files.values(), ...norms.files], size);
  const examples = layout.examples(run.folder);
  // One part is all examples: the file itself, which need not be copied.
  const whole = size <= partRows;
  if (whole) await checkPartFiles([[examples]], size);

  const choices = manifest.dataset.input === "choices";
  const { labelNames } = manifest.dataset;
  const parts = Array.from({ length: Math.ceil(size / partRows) }, (_, k): MapPart => {
    const query: MapQuery = {
      examples: whole ? `read_parquet(${fileLiteral(examples)})` : "examples",
      epochs: numbers.map((epoch) => ({ epoch, file: files.get(epoch)?.[k] ?? "" })),
      el2nFiles: norms.files.map((parts) => parts[k] ?? ""),
      columns: manifest.columns,
      labelNames,
      choices,
    };
    return {
      prepare: async (database) => {
        if (!whole) await readExamplesPart(database, run, k);
      },
      sql: mapQuery(query),
    };
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
  return { open, parts, description };
}

/** The examples of a part as a table: a filter inside the positional join would make it buffer. */
async function readExamplesPart(database: Database, run: Run, part: number): Promise<void> {
  const { size } = run;
  const first = part * partRows;
  const end = Math.min(size, first + partRows);
  const file = layout.examples(run.folder);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE examples AS SELECT "row", id, label ` +
      `FROM read_parquet(${fileLiteral(file)}) WHERE "row" >= ${first} AND "row" < ${end}`,
  );
  const count = Number(await database.value("SELECT count(*) FROM examples"));
  if (count === end - first) return;
  throw new UserError({
    subject: file,
    problem: `has ${count} of the rows ${first} to ${end - 1}`,
    remedy: "restore it from a copy, or make the run anew",
  });
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
