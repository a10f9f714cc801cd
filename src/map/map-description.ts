/** What a map was computed with: kept in `map.parquet` itself, so that the two cannot part. */

import { z } from "zod";
import { fileLiteral, literal } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";

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

/** Reads it from a map's file. @throws UserError where the file is not there or not a map */
export async function readDescription(database: Database, file: string): Promise<MapDescription> {
  let found: unknown;
  try {
    found = await database.value(
      `SELECT decode(value) FROM parquet_kv_metadata(${fileLiteral(file)}) WHERE decode(key) = '${key}'`,
    );
  } catch (cause) {
    const missing = cause instanceof Error && /no files found|does not exist/i.test(cause.message);
    throw new UserError({
      subject: file,
      problem: missing ? "there is no map" : "not a Parquet file that can be read",
      remedy: "compute the map of this run: buildMap, or `alidade map --resume`",
      cause,
    });
  }
  const parsed = schema.safeParse(typeof found === "string" ? (JSON.parse(found) as unknown) : null);
  if (parsed.success) return parsed.data;
  throw new UserError({
    subject: file,
    problem: "not a map that Alidade wrote",
    remedy: "compute the map of this run anew",
  });
}
