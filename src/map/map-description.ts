/** What a map was computed with: kept in `map.parquet` itself, so that the two cannot part. */

import { z } from "zod";
import { fileLiteral, literal } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { coordinates } from "./coordinates.js";

const key = "alidade_map";

const schema = z.object({
  /** Number of examples. */
  size: z.number().int().nonnegative(),
  /** How many epochs the coordinates are of; for an imported coordinates file what it said or its largest count. */
  epochs: z.number().int().nonnegative(),
  /** The first and the last of them, 0-based; null where the coordinates were imported. */
  range: z.object({ from: z.number().int(), to: z.number().int() }).nullable(),
  regions: z.object({
    confidence: z.number(),
    correctness: z.number(),
    variability: z.union([z.number(), z.object({ share: z.number() })]),
  }),
  /** Epoch whose el2n it is; null where that coordinate is. */
  el2nEpoch: z.number().int().nullable(),
  /** How many runs el2n is averaged over. */
  el2nRuns: z.number().int(),
});

export type MapDescription = z.infer<typeof schema>;

/** As an option of COPY. */
export function descriptionOption(description: MapDescription): string {
  return `KV_METADATA {${key}: ${literal(JSON.stringify(schema.parse(description)))}}`;
}

/** Reads it from a map's file. @throws UserError where the file is not there, not a map, or damaged as far as its footer tells */
export async function readDescription(database: Database, file: string): Promise<MapDescription> {
  const { text, rows, types } = await readFooter(database, file);
  const description = parse(text);
  if (description === null) {
    throw damagedMap(
      file,
      text === null ? "not a map that Alidade wrote" : "damaged: what it was computed with cannot be read",
    );
  }
  if (rows !== description.size)
    throw damagedMap(file, `damaged: a map of ${description.size} examples that has ${rows} rows`);
  for (const [name, type] of columnTypes) {
    if (types.get(name) !== type) throw damagedMap(file, `damaged: it has no column ${name} of ${type}`);
  }
  return description;
}

/** The error that says what is wrong with a map's file, and how to get it back. */
export function damagedMap(file: string, problem: string, cause?: unknown): UserError {
  return new UserError({
    subject: file,
    problem,
    remedy:
      "compute the map of this run again: buildMap, `alidade map --resume`, or where it was imported the same import with --resume",
    cause,
  });
}

const columnTypes: ReadonlyMap<string, string> = new Map([
  ["row", "INTEGER"],
  ...["id", "label", "region"].map((name) => [name, "VARCHAR"] as const),
  ...coordinates.map(({ name, type }) => [name, type] as const),
]);

interface Footer {
  /** The description as it is written; null: there is none. */
  readonly text: string | null;
  readonly rows: number;
  readonly types: ReadonlyMap<string, string>;
}

async function readFooter(database: Database, file: string): Promise<Footer> {
  const path = fileLiteral(file);
  try {
    const text = await database.value(
      `SELECT decode(value) FROM parquet_kv_metadata(${path}) WHERE decode(key) = '${key}'`,
    );
    const rows = await database.value(`SELECT num_rows FROM parquet_file_metadata(${path})`);
    const columns = await database.rows(`DESCRIBE SELECT * FROM read_parquet(${path})`);
    const types = new Map(
      columns.map((column) => [String(column["column_name"]), String(column["column_type"])]),
    );
    return { text: typeof text === "string" ? text : null, rows: Number(rows), types };
  } catch (cause) {
    const missing = cause instanceof Error && /no files found|does not exist/i.test(cause.message);
    if (!missing) throw damagedMap(file, "not a Parquet file that can be read", cause);
    throw new UserError({
      subject: file,
      problem: "there is no map",
      remedy: "compute the map of this run: buildMap, or `alidade map --resume`",
      cause,
    });
  }
}

function parse(text: string | null): MapDescription | null {
  try {
    return schema.safeParse(JSON.parse(text ?? "null")).data ?? null;
  } catch {
    return null;
  }
}
