/** Writes a query's rows as a labelled file, in any format that the reader takes. */

import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { literal, type Database } from "../core/duckdb.js";
import { arrowFile } from "./arrow-file.js";
import type { SubsetFormat } from "./subset-format.js";

const copyOptions = {
  csv: "FORMAT csv, HEADER true",
  tsv: "FORMAT csv, HEADER true, DELIMITER '\t'",
  ids: "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'",
  jsonl: "FORMAT json, ARRAY false",
  json: "FORMAT json, ARRAY true",
  parquet: "FORMAT parquet, COMPRESSION zstd",
};

/** @param path of a file that is not there yet */
export async function writeTable(
  database: Database,
  sql: string,
  path: string,
  format: SubsetFormat,
): Promise<void> {
  if (!format.gzip) return await writeAs(format, database, sql, path);
  const plain = `${path}.plain`;
  try {
    await writeAs(format, database, sql, plain);
    await pipeline(createReadStream(plain), createGzip(), createWriteStream(path, { flags: "wx" }));
  } finally {
    await rm(plain, { force: true });
  }
}

/** A column's value as the format can hold it: in delimited text lists and structs are JSON. */
export function flatValue(value: string, type: string, kind: SubsetFormat["kind"]): string {
  const nested = /^(STRUCT|MAP|UNION)\b|\[\d*\]$/.test(type);
  return (kind === "csv" || kind === "tsv") && nested ? `to_json(${value})::VARCHAR` : value;
}

async function writeAs({ kind }: SubsetFormat, database: Database, sql: string, path: string): Promise<void> {
  if (kind === "arrow") await writeFile(path, await arrowFile(database, sql), { flag: "wx" });
  else await database.run(`COPY (${sql}) TO ${literal(path)} (${copyOptions[kind]})`);
}
