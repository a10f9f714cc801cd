/** From files to a source table: find them, tell their format, read them in the order they were named. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Database, fileLiteral } from "../core/duckdb.js";
import { InternalError, UserError } from "../core/errors.js";
import { arrowToLines, readDatasetsFolder, type ClassLabels } from "./arrow-files.js";
import { chooseDialect, delimitedSql, type Dialect } from "./delimited.js";
import { binaryFormat, detectFormat } from "./detect-format.js";
import type { InputFile } from "./input-file.js";
import { jsonLinesSql, jsonSql } from "./json-files.js";
import { plainInputs, unzippedInputs, withoutMarks } from "./plain-inputs.js";
import { presets } from "./presets.js";
import { readError } from "./read-error.js";
import type { FileFormat, ReadOptions } from "./read-options.js";
import { describeFiles, findInputs } from "./source-files.js";
import { SourceTable } from "./source-table.js";
import { whereError } from "./where-error.js";

export interface LoadedSource {
  readonly table: SourceTable;
  /** Label names by column, where the source itself names them. */
  readonly classLabels: ClassLabels;
}

export async function loadSource(paths: readonly string[], options: ReadOptions): Promise<LoadedSource> {
  const scratch = await mkdtemp(join(tmpdir(), "alidade-"));
  const database = await Database.open();
  try {
    const inputs = await findInputs(paths, scratch);
    const { preset, format, encoding = preset === "trec" ? "latin-1" : "utf-8" } = options;
    // Binary formats are known by how they begin, unless the format is said.
    const text = inputs.every((input) => (format ?? binaryFormat(input) ?? "csv") in textFormats);
    const plain = text ? await plainInputs(inputs, encoding, scratch) : inputs;
    const source: Source = { inputs: plain, format: formatOf(plain, options), options, database, scratch };
    // Both to their end, whatever happens: the database must not close under a query that runs.
    const [files, filled] = await Promise.allSettled([
      describeFiles(
        inputs.filter((input) => !input.folder),
        text && encoding !== "utf-16",
      ),
      fill(source),
    ]);
    if (files.status === "rejected") throw files.reason;
    if (filled.status === "rejected") throw filled.reason;
    const described = files.value;
    const classLabels = filled.value;
    const name =
      paths.length === 1 ? nameOf(paths[0] ?? "") : `${nameOf(paths[0] ?? "")} and ${inputs.length - 1} more`;
    const table = await SourceTable.describe(name, database, described, scratch);
    if (table.size === 0) {
      throw new UserError({
        subject: inputs.map((input) => input.path).join(", "),
        problem: options.where === undefined ? "has no rows" : "no row meets --where",
        value: options.where,
        remedy: options.where === undefined ? "give a file with examples" : "look at the expression",
      });
    }
    return { table, classLabels };
  } catch (error) {
    database.close();
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

interface Source {
  /** Text in UTF-8, all of it zipped or none, or binary files. */
  readonly inputs: readonly InputFile[];
  readonly format: FileFormat | "preset";
  readonly options: ReadOptions;
  readonly database: Database;
  readonly scratch: string;
}

const textFormats: Readonly<Partial<Record<FileFormat, true>>> = {
  csv: true,
  tsv: true,
  jsonl: true,
  json: true,
};

async function fill(source: Source): Promise<ClassLabels> {
  const { inputs, format, options, database } = source;
  const preset = options.preset === undefined ? undefined : presets[options.preset];
  const quotes = options.quotes ?? (format === "tsv" ? preset?.quotes : undefined);
  const dialect = chooseDialect(inputs, format === "tsv", { ...options, quotes });
  try {
    const { sql, labels = {} } = await readerSql(source, dialect);
    await createSource(database, sql, options.where);
    return labels;
  } catch (error) {
    throw await readError(error, inputs, dialect);
  }
}

async function createSource(database: Database, sql: string, where: string | undefined): Promise<void> {
  if (where === undefined) return await database.run(`CREATE TABLE source AS ${sql}`);
  try {
    await database.run(`CREATE TABLE source AS SELECT * FROM (${sql}) WHERE (${where}\n)`);
  } catch (cause) {
    const columns = await database.rows(`DESCRIBE ${sql}`);
    throw (
      whereError(
        where,
        columns.map((column) => String(column["column_name"])),
        cause,
      ) ?? cause
    );
  }
}

async function readerSql(
  { inputs, format, options, database, scratch }: Source,
  dialect: Dialect,
): Promise<{ sql: string; labels?: ClassLabels }> {
  switch (format) {
    case "csv":
    case "tsv":
      return { sql: delimitedSql(inputs, dialect) };
    case "jsonl":
      return { sql: await jsonLinesSql(database, await withoutMarks(inputs, scratch)) };
    case "json":
      return { sql: await jsonSql(database, await withoutMarks(inputs, scratch), scratch) };
    case "parquet": {
      const files = (await unzippedInputs(inputs, scratch)).map(({ file }) => fileLiteral(file));
      return { sql: `SELECT * FROM read_parquet([${files.join(", ")}], union_by_name = true)` };
    }
    case "arrow":
    case "datasets": {
      const { lines, labels } = await arrowLines(inputs, format, scratch);
      return { sql: await jsonLinesSql(database, [lines]), labels };
    }
    case "preset":
      return { sql: await jsonLinesSql(database, [await presetLines(inputs, options, scratch)]) };
  }
}

function formatOf(inputs: readonly InputFile[], options: ReadOptions): FileFormat | "preset" {
  if (options.preset !== undefined && presets[options.preset].rows) return "preset";
  const formats = inputs.map((input) => options.format ?? detectFormat(input));
  const [first = "csv"] = formats;
  const other = formats.findIndex((format) => format !== first);
  if (other < 0) return first;
  throw new UserError({
    subject: `${inputs[0]?.path ?? ""}, ${inputs[other]?.path ?? ""}`,
    problem: "files of different formats",
    value: `${first}, ${formats[other] ?? ""}`,
    remedy: "convert them to one, or give --format where all have one after all",
  });
}

async function arrowLines(
  inputs: readonly InputFile[],
  format: "datasets" | "arrow",
  scratch: string,
): Promise<{ lines: InputFile; labels: ClassLabels }> {
  const target = join(scratch, "arrow.jsonl");
  const input = firstOf(inputs);
  let files = inputs;
  let labels: ClassLabels = {};
  if (format === "datasets") {
    if (inputs.length > 1) {
      throw new UserError({
        subject: input.path,
        problem: "several folders",
        remedy: "name one split's folder",
      });
    }
    const folder = await readDatasetsFolder(input.path);
    files = await findInputs(folder.files, scratch);
    labels = folder.labels;
  }
  await arrowToLines(files, target, labels);
  return { lines: { ...input, file: target, gzip: false }, labels };
}

/** A text that is not a table, as JSON lines. */
async function presetLines(
  inputs: readonly InputFile[],
  { preset }: ReadOptions,
  scratch: string,
): Promise<InputFile> {
  const parse = preset === undefined ? undefined : presets[preset].rows;
  if (!parse) throw new InternalError("a preset without rows of its own");
  const target = join(scratch, "preset.jsonl");
  let lines = "";
  for (const input of await unzippedInputs(inputs, scratch)) {
    const text = decode(await readFile(input.file), input.path);
    try {
      lines += parse(text)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join("");
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new UserError({
        subject: `${input.path}, line ${message}`,
        problem: `not in the layout of --preset ${preset}`,
        cause,
      });
    }
  }
  await writeFile(target, lines);
  return { ...firstOf(inputs), file: target, gzip: false };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "not valid UTF-8",
      remedy: "try --encoding latin-1",
      cause,
    });
  }
}

function firstOf(inputs: readonly InputFile[]): InputFile {
  const [first] = inputs;
  if (first === undefined)
    throw new UserError({ subject: "dataset", problem: "no file named", remedy: "name one" });
  return first;
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : basename(path);
}
