/** Ids that are never taken, from a file: any table with a column of ids, or one id a line. */

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { identifier } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { namesTable } from "../dataset/file-extension.js";
import { loadSource } from "../dataset/load-source.js";

/**
 * Reads ids: of a table (in any format that the dataset reader takes) its column `id`, `guid` or `idColumn`; of a file with any
 * other extension, each line.
 *
 * @param idColumn what the run's own dataset calls its ids
 * @throws UserError where the file cannot be read, has columns and none of these, or holds no ids
 */
export async function readExcludedIds(path: string, idColumn?: string): Promise<string[]> {
  const ids = namesTable(path) ? await idsOfTable(path, idColumn) : await idsOfLines(path);
  if (ids.length > 0) return ids;
  throw new UserError({
    subject: path,
    problem: "holds no ids",
    remedy: "give a table with a column id, or a .txt file of one id a line",
  });
}

async function idsOfTable(path: string, idColumn: string | undefined): Promise<string[]> {
  const { table } = await loadSource([path], {});
  try {
    const names = table.columns.map(({ name }) => name);
    const column = [idColumn, "id", "guid"].find((name) => name !== undefined && names.includes(name));
    if (column === undefined) {
      throw new UserError({
        subject: path,
        problem: "has no column id",
        value: names.join(", "),
        remedy: "give a table with a column id, or a .txt file of one id a line",
      });
    }
    const name = identifier(column);
    const rows = await table.database.rows(
      `SELECT ${name}::VARCHAR AS id FROM source WHERE ${name} IS NOT NULL`,
    );
    return rows.map((row) => String(row["id"]));
  } finally {
    table.close();
  }
}

async function idsOfLines(path: string): Promise<string[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
    if (/\.(gz|gzip)$/i.test(path)) bytes = gunzipSync(bytes);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      value: cause instanceof Error ? cause.message : String(cause),
      remedy: "give a file of ids",
      cause,
    });
  }
  return bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
}
