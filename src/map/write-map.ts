/**
 * Computes a planned map and writes it. Parts are computed in parallel (a positional scan alone runs on one thread), each
 * in constant memory, and then put together in their order.
 */

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DOUBLE, DuckDBScalarFunction, VARCHAR } from "@duckdb/node-api";
import { fileLiteral, literal, withDatabase } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { quiet } from "../core/effects.js";
import type { Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { defaultThreads } from "../core/threads.js";
import { partRows } from "../run/layout.js";
import { descriptionOption } from "./map-description.js";
import type { MapPlan } from "./map-plan.js";
import { misaligned } from "./query.js";
import { hardSql, regionSql, shareCount, tieRank } from "./regions.js";
import type { VariabilityCut } from "./regions.js";

export interface WriteOptions {
  /** Default: all cores. */
  readonly threads?: number | undefined;
  /** As DuckDB writes it, `2GB`, for each thread's database. Default: DuckDB's own, and 512 MB to join the parts. */
  readonly memoryLimit?: string | undefined;
  /** Default: says nothing. */
  readonly effects?: Effects | undefined;
}

const copyOptions = "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880";
// Joining the parts takes all the memory that it may, and is no faster for it.
const joiningMemory = "512MB";
// What is read once and thrown away is not worth a dictionary.
const scratchOptions = `${copyOptions}, DICTIONARY_SIZE_LIMIT 1`;

/** Writes a plan's map to a file. The folder beside it that it works in, `<path>.parts`, is removed. */
export async function writeMap(plan: MapPlan, path: string, options: WriteOptions = {}): Promise<void> {
  const { threads = defaultThreads(), memoryLimit, effects = quiet } = options;
  const { open, parts, description } = plan;
  const rule = description.regions;
  const byShare = typeof rule.variability !== "number";
  const folder = `${path}.parts`;
  const metadata = descriptionOption(description);
  const withRegion = (sql: string, cut: VariabilityCut | null = null): string =>
    `SELECT *, ${regionSql(rule, cut)} AS region FROM (${sql})`;
  const task = effects.progress("map", description.size, "examples");
  let failed = true;
  try {
    await mkdir(folder, { recursive: true });
    const direct = parts.length === 1 && !byShare;
    const files = parts.map((_, k) => (direct ? path : join(folder, `part-${k}.parquet`)));
    let finished = 0;
    await inParallel(parts, Math.min(threads, parts.length), memoryLimit, open, async (database, part, k) => {
      await part.prepare(database);
      const sql = byShare ? part.sql : withRegion(part.sql);
      const copy = direct ? `${copyOptions}, ${metadata}` : scratchOptions;
      await database.run(`COPY (${sql}) TO ${literal(files[k] ?? "")} (${copy})`);
      finished++;
      task.update(Math.min(description.size, finished * partRows));
    });
    if (!direct) {
      await withDatabase({ threads, memoryLimit: memoryLimit ?? joiningMemory }, async (database) => {
        const all = `SELECT * FROM read_parquet([${files.map(fileLiteral).join(", ")}])`;
        const sql = byShare ? withRegion(all, await shareCut(database, all, plan)) : all;
        await database.run(`COPY (${sql}) TO ${literal(path)} (${copyOptions}, ${metadata})`);
      });
    }
    failed = false;
  } catch (error) {
    throw misalignedError(error);
  } finally {
    task.end(failed);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs each part in one of several databases of one thread each. */
export async function inParallel<T>(
  parts: readonly T[],
  workers: number,
  memoryLimit: string | undefined,
  open: (database: Database) => void,
  work: (database: Database, part: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    await withDatabase({ threads: 1, memoryLimit }, async (database) => {
      open(database);
      for (;;) {
        const index = next++;
        const part = parts[index];
        if (part === undefined) return;
        await work(database, part, index);
      }
    });
  };
  const ended = await Promise.allSettled(Array.from({ length: workers }, one));
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

/** A cut that no variability reaches: they go to 1/2. */
const nothing: VariabilityCut = { variability: 1, tie: 0 };

/** Where a rule's share cuts: of what is not hard-to-learn, so many examples have the highest variability. */
async function shareCut(database: Database, all: string, { description }: MapPlan): Promise<VariabilityCut> {
  const { regions, size } = description;
  const share = typeof regions.variability === "number" ? 1 : regions.variability.share;
  const n = shareCount(share, size);
  database.connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: "tie_rank",
      parameterTypes: [VARCHAR],
      returnType: DOUBLE,
      mainFunction: (_info, chunk, output) => {
        chunk.getColumnValues(0).forEach((id, row) => {
          output.setItem(row, tieRank(String(id)));
        });
        output.flush();
      },
    }),
  );
  const rest = `(SELECT id, variability FROM (${all}) WHERE NOT ${hardSql(regions)})`;
  if (n === 0) return nothing;
  const cut = await database.value(
    `SELECT min(variability) FROM (SELECT variability FROM ${rest} ORDER BY variability DESC LIMIT ${n})`,
  );
  if (typeof cut !== "number") return nothing;
  const above = Number(
    await database.value(`SELECT count(*) FROM ${rest} WHERE variability > '${cut}'::DOUBLE`),
  );
  const tie = await database.value(
    `SELECT max(rank) FROM (SELECT tie_rank(id) AS rank FROM ${rest} WHERE variability = '${cut}'::DOUBLE ` +
      `ORDER BY rank LIMIT ${n - above})`,
  );
  return { variability: cut, tie: typeof tie === "number" ? tie : 0 };
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
