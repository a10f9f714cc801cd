/** From files to a source table: find them, tell their format, read them in the order they were named. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Database, fileLiteral } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { arrowToLines, readDatasetsFolder, type ClassLabels } from "./arrow-files.js";
import { delimitedSql } from "./delimited.js";
import { detectFormat, unzippedHead } from "./detect-format.js";
import { jsonLinesSql, jsonSql } from "./json-files.js";
import { presets } from "./presets.js";
import { readError } from "./read-error.js";
import type { Encoding, FileFormat, ReadOptions } from "./read-options.js";
import { describeFiles, findInputs, type InputFile } from "./source-files.js";
import { SourceTable } from "./source-table.js";

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
    // Both to their end, whatever happens: the database must not close under a query that runs.
    const [files, filled] = await Promise.allSettled([
      describeFiles(inputs.filter((input) => !input.folder)),
      fill(database, inputs, options, scratch),
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

async function fill(
  database: Database,
  inputs: readonly InputFile[],
  options: ReadOptions,
  scratch: string,
): Promise<ClassLabels> {
  const preset = options.preset === undefined ? undefined : presets[options.preset];
  let classLabels: ClassLabels = {};
  let sql: string;
  try {
    if (preset?.rows) {
      sql = await presetSql(database, inputs, preset.rows, options, scratch);
    } else {
      const format = formatOf(inputs, options);
      if (format === "datasets" || format === "arrow") {
        const { lines, labels } = await arrowLines(inputs, format, scratch);
        classLabels = labels;
        sql = await jsonLinesSql(database, [lines]);
      } else {
        const withQuotes = preset && format === "tsv" ? { quotes: preset.quotes, ...options } : options;
        sql = await readerSql(database, inputs, format, withQuotes, scratch);
      }
    }
    await createSource(database, sql, options.where);
  } catch (error) {
    throw await readError(error, inputs, options);
  }
  return classLabels;
}

async function createSource(database: Database, sql: string, where: string | undefined): Promise<void> {
  if (where === undefined) return await database.run(`CREATE TABLE source AS ${sql}`);
  try {
    await database.run(`CREATE TABLE source AS SELECT * FROM (${sql}) WHERE (${where}\n)`);
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    if (!/^(Binder|Parser|Catalog|Conversion) Error/.test(message)) throw cause;
    throw new UserError({
      subject: "--where",
      problem: message.replace(/^\w+ Error: /, "").replace(/[.!]$/, ""),
      value: where,
      remedy: `write it as SQL, text in single quotes: --where "split = 'train'"`,
      cause,
    });
  }
}

async function readerSql(
  database: Database,
  inputs: readonly InputFile[],
  format: Exclude<FileFormat, "datasets" | "arrow">,
  options: ReadOptions,
  scratch: string,
): Promise<string> {
  switch (format) {
    case "csv":
    case "tsv":
      return delimitedSql(inputs, format === "tsv", options);
    case "jsonl":
      return await jsonLinesSql(database, inputs);
    case "json":
      return await jsonSql(database, inputs, scratch);
    case "parquet": {
      const files = await Promise.all(inputs.map((input) => unzipped(input, scratch)));
      return `SELECT * FROM read_parquet([${files.map(fileLiteral).join(", ")}], union_by_name = true)`;
    }
  }
}

function formatOf(inputs: readonly InputFile[], options: ReadOptions): FileFormat {
  const formats = new Set(inputs.map((input) => options.format ?? detectFormat(input, options.encoding)));
  const zips = new Set(inputs.map((input) => input.gzip));
  if (formats.size > 1 || zips.size > 1) {
    throw new UserError({
      subject: inputs.map((input) => input.path).join(", "),
      problem: "files of different formats",
      value: [...formats].join(", "),
      remedy: "convert them to one, all zipped or none",
    });
  }
  for (const input of inputs) unzippedHead(input);
  return [...formats][0] ?? "csv";
}

async function arrowLines(
  inputs: readonly InputFile[],
  format: "datasets" | "arrow",
  scratch: string,
): Promise<{ lines: InputFile; labels: ClassLabels }> {
  const target = join(scratch, "arrow.jsonl");
  const [input] = inputs;
  if (input === undefined)
    throw new UserError({ subject: "dataset", problem: "no file named", remedy: "name one" });
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

async function presetSql(
  database: Database,
  inputs: readonly InputFile[],
  parse: (text: string) => Record<string, unknown>[],
  options: ReadOptions,
  scratch: string,
): Promise<string> {
  const target = join(scratch, "preset.jsonl");
  const encoding = options.encoding ?? (options.preset === "trec" ? "latin-1" : "utf-8");
  let lines = "";
  for (const input of inputs) {
    const bytes = await readFile(input.file);
    const text = decode(input.gzip ? gunzipSync(bytes) : bytes, encoding, input.path);
    try {
      lines += parse(text)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join("");
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new UserError({
        subject: `${input.path}, line ${message}`,
        problem: `not in the layout of --preset ${options.preset}`,
        cause,
      });
    }
  }
  await writeFile(target, lines);
  const [first] = inputs;
  return first ? await jsonLinesSql(database, [{ ...first, file: target, gzip: false }]) : "";
}

function decode(bytes: Uint8Array, encoding: Encoding, path: string): string {
  const label = encoding === "latin-1" ? "latin1" : encoding === "utf-16" ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "not valid UTF-8",
      remedy: "try --encoding latin-1",
      cause,
    });
  }
}

async function unzipped(input: InputFile, scratch: string): Promise<string> {
  if (!input.gzip) return input.file;
  const target = join(scratch, `${basename(input.file)}.unzipped`);
  await writeFile(target, gunzipSync(await readFile(input.file)));
  return target;
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : basename(path);
}
