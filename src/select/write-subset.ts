/**
 * Writes the examples of a selection as a labelled file: the source's own columns under their names, in their order, so that
 * what read the whole reads the part.
 */

import { DuckDBDataChunk, INTEGER } from "@duckdb/node-api";
import { fileLiteral, identifier, withDatabase, type Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { keepSources, replaceFile } from "../map/replace-file.js";
import { sourceColumns } from "../map/source-columns.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import { subsetFormat, type SubsetFormat } from "./subset-format.js";
import { flatValue, writeTable } from "./write-table.js";

export interface SubsetOptions {
  /** `dataset`: as in the run; `rank`: as they were taken. Default: dataset. */
  readonly order?: "dataset" | "rank" | undefined;
  /** The ids alone, as one column `id`, or one a line where the name ends in .txt. Default: false. */
  readonly ids?: boolean | undefined;
}

/**
 * Writes some of a run's examples: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet` or `.arrow` by the path's extension, gzip of
 * each with `.gz` behind. A file that is there is replaced when the new one is whole.
 *
 * In delimited text fields are quoted where they hold quotes, delimiters or line breaks, and lists and structs are JSON.
 *
 * @param rows in the order of taking
 * @throws UserError where the extension is none of these, or the run has no contents of examples
 */
export async function writeSubset(
  folder: string,
  rows: Int32Array,
  path: string,
  { order = "dataset", ids = false }: SubsetOptions = {},
): Promise<void> {
  const format = subsetFormat(path, ids);
  const run = await openRun(folder);
  if (!ids && run.manifest.dataset.input === "none") throw noContents(folder);
  await keepSources(path, run);
  const examples = `read_parquet(${fileLiteral(layout.examples(folder))})`;
  await replaceFile(path, (scratch) =>
    withDatabase({}, async (database) => {
      const columns = ids ? ["x.id AS id"] : await ownColumns(database, examples, folder, format);
      await appendRows(database, rows);
      const sql =
        `SELECT ${columns.join(", ")} FROM ${examples} x JOIN chosen c ON x."row" = c."row" ` +
        `ORDER BY c.${order === "rank" ? "place" : `"row"`}`;
      await writeTable(database, sql, scratch, format);
    }),
  );
}

async function ownColumns(
  database: Database,
  examples: string,
  folder: string,
  { kind }: SubsetFormat,
): Promise<string[]> {
  const columns = await sourceColumns(database, examples);
  if (columns.length === 0) throw noContents(folder);
  return columns.map(
    ({ name, type }) => `${flatValue(`x.source.${identifier(name)}`, type, kind)} AS ${identifier(name)}`,
  );
}

function noContents(folder: string): UserError {
  return new UserError({
    subject: folder,
    problem: "has no contents of its examples to write",
    remedy: "write their ids with --ids, or import the run with --data",
  });
}

async function appendRows(database: Database, rows: Int32Array): Promise<void> {
  await database.run(`CREATE TABLE chosen ("row" INTEGER, place INTEGER)`);
  const appender = await database.connection.createAppender("chosen");
  const chunkRows = 2048;
  for (let first = 0; first < rows.length; first += chunkRows) {
    const part = rows.subarray(first, first + chunkRows);
    const chunk = DuckDBDataChunk.create([INTEGER, INTEGER]);
    chunk.setColumns([Array.from(part), Array.from(part, (_, i) => first + i)]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
