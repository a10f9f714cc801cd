/**
 * Computes a planned map and writes it. Slices are computed in parallel (a positional scan alone runs on one thread), each
 * in constant memory and into a file of its own, whose row groups are then put together as they stand.
 */

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileLiteral, literal, withDatabase } from "../core/duckdb.js";
import type { Database, DatabaseOptions } from "../core/duckdb.js";
import { quiet } from "../core/effects.js";
import type { Effects } from "../core/effects.js";
import { InternalError, UserError } from "../core/errors.js";
import { defaultThreads } from "../core/threads.js";
import { joinParquet } from "../run/join-parquet.js";
import { groupRows } from "../run/table-file.js";
import { descriptionOption } from "./map-description.js";
import type { MapPlan } from "./map-plan.js";
import { misaligned } from "./query.js";
import { regionSql } from "./regions.js";
import type { VariabilityCut } from "./regions.js";
import { registerTieRank, shareCut } from "./share-cut.js";

export interface WriteOptions {
  /** Default: all cores. */
  readonly threads?: number | undefined;
  /** As DuckDB writes it, `2GB`, for each thread's database. Default: DuckDB's own. */
  readonly memoryLimit?: string | undefined;
  /** Default: says nothing. */
  readonly effects?: Effects | undefined;
}

// Of more values than that a dictionary is no use; to find that out takes as long as to write them.
const copyOptions = `FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${groupRows}, DICTIONARY_SIZE_LIMIT 1000`;
// Finding where a share cuts takes all the memory that it may, and is no faster for it.
const cuttingMemory = "512MB";

/** Writes a plan's map to a file. The folder beside it that it works in, `<path>.slices`, is removed. */
export async function writeMap(plan: MapPlan, path: string, options: WriteOptions = {}): Promise<void> {
  const { threads = defaultThreads(), memoryLimit, effects = quiet } = options;
  const { open, slices, description } = plan;
  const rule = description.regions;
  const folder = `${path}.slices`;
  const fileOf = (name: string, slice: number): string => join(folder, `${name}-${slice}.parquet`);
  const copy = async (
    database: Database,
    sql: string,
    cut: VariabilityCut | null,
    to: string,
  ): Promise<void> => {
    await database.run(
      `COPY (SELECT *, ${regionSql(rule, cut)} AS region FROM (${sql})) TO ${literal(to)} ` +
        `(${copyOptions}, ${descriptionOption(description)})`,
    );
  };
  const task = effects.progress("map", description.size, "examples");
  let failed = true;
  try {
    await mkdir(folder, { recursive: true });
    let files = slices.map((_, k) => fileOf("slice", k));
    let done = 0;
    await inParallel(slices, { threads, memoryLimit }, open, async (database, { sql, rows }, k) => {
      await copy(database, sql, null, files[k] ?? "");
      done += rows;
      task.update(done);
    });
    if (typeof rule.variability !== "number") {
      // Where the share cuts is known when all slices are; until then their regions are by no threshold.
      const cut = await shareCut(files, description, { threads, memoryLimit: memoryLimit ?? cuttingMemory });
      const cutFiles = files.map((_, k) => fileOf("cut", k));
      await inParallel(files, { threads, memoryLimit }, registerTieRank, async (database, file, k) => {
        await copy(
          database,
          `SELECT * EXCLUDE region FROM read_parquet(${fileLiteral(file)})`,
          cut,
          cutFiles[k] ?? "",
        );
        await rm(file);
      });
      files = cutFiles;
    }
    const rows = await joinParquet(files, path);
    if (rows !== description.size) throw new InternalError(`a map of ${rows} of ${description.size} rows`);
    failed = false;
  } catch (error) {
    throw misalignedError(error);
  } finally {
    task.end(failed);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Works on each item in one of several databases of one thread each. */
export async function inParallel<T>(
  items: readonly T[],
  { threads, memoryLimit }: Pick<DatabaseOptions, "threads" | "memoryLimit">,
  open: (database: Database) => void,
  work: (database: Database, item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = [...items.entries()];
  const one = async (): Promise<void> => {
    await withDatabase({ threads: 1, memoryLimit }, async (database) => {
      open(database);
      for (let next = waiting.shift(); next; next = waiting.shift()) await work(database, next[1], next[0]);
    });
  };
  const workers = Math.min(threads ?? 1, items.length);
  const ended = await Promise.allSettled(Array.from({ length: workers }, one));
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

function misalignedError(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes(misaligned)) return error;
  return new UserError({
    subject: "dynamics",
    problem: "the epochs' files do not hold the same rows in the same order",
    remedy: "restore them from a copy, or make the run anew",
    cause: error,
  });
}
