/** Delimited text as DuckDB reads it: every field as text, one dialect, nothing repaired, nothing skipped. */

import { fileLiteral, literal } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { columnNames, firstRecord } from "./delimited-records.js";
import { unzippedHead, type InputFile } from "./input-file.js";
import type { ReadOptions } from "./read-options.js";

export interface Dialect {
  readonly delimiter: string;
  /** Whether double quotes enclose fields. */
  readonly quotes: boolean;
  readonly header: boolean;
}

/** @param tabs whether the files are tab-separated by their names or content */
export function chooseDialect(
  inputs: readonly InputFile[],
  tabs: boolean,
  { delimiter, quotes = true, header = true }: Pick<ReadOptions, "delimiter" | "quotes" | "header">,
): Dialect {
  return { delimiter: delimiter ?? (tabs ? "\t" : spacedCommas(inputs[0]) ? ", " : ","), quotes, header };
}

/** SQL that reads delimited files in UTF-8. @throws UserError where the delimiter cannot be right */
export function delimitedSql(inputs: readonly InputFile[], { delimiter, quotes, header }: Dialect): string {
  if (header) for (const input of inputs) checkDelimiter(input, delimiter);
  const names = sameHeader(inputs, delimiter, quotes, header);
  const quote = quotes ? '"' : "";
  const settings = [
    "auto_detect = false",
    `columns = {${names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ")}}`,
    "strict_mode = true",
    "null_padding = false",
    "ignore_errors = false",
    "max_line_size = 67108864",
    "buffer_size = 134217728",
    `header = ${header}`,
    `delim = ${literal(delimiter)}`,
    `quote = ${literal(quote)}`,
    `escape = ${literal(quote)}`,
    "encoding = 'utf-8'",
    `compression = ${inputs.every((input) => input.gzip) ? "'gzip'" : "'none'"}`,
  ];
  return `SELECT * FROM read_csv([${inputs.map((input) => fileLiteral(input.file)).join(", ")}], ${settings.join(", ")})`;
}

function sameHeader(
  inputs: readonly InputFile[],
  delimiter: string,
  quotes: boolean,
  header: boolean,
): string[] {
  const all = inputs.map((input) => {
    const record = firstRecord(decodedHead(input), delimiter, quotes);
    if (record !== null) return columnNames(header ? record : record.map(() => ""));
    throw new UserError({
      subject: `${input.path}, line 1`,
      problem: "a quotation mark opens a field that does not end",
      remedy: "mend the line, or give --no-quotes where double quotes mean nothing",
    });
  });
  const [first = []] = all;
  const other = all.findIndex((names) => names.join("\n") !== first.join("\n"));
  if (other < 0) return first;
  throw new UserError({
    subject: inputs[other]?.path ?? "",
    problem: "has other columns than the file before it",
    value: all[other]?.join(", "),
    remedy: `all files need the columns of ${inputs[0]?.path ?? "the first"}: ${first.join(", ")}`,
  });
}

function decodedHead(input: InputFile): string {
  return new TextDecoder().decode(unzippedHead(input));
}

/** Whether commas are followed by a space throughout the header, as in UCI's files. */
function spacedCommas(input: InputFile | undefined): boolean {
  const line = input ? firstLine(input) : "";
  const commas = line.split(",").length - 1;
  return commas > 1 && line.split(", ").length - 1 === commas && !line.includes('"');
}

function checkDelimiter(input: InputFile, delimiter: string): void {
  const line = firstLine(input);
  if (line.includes(delimiter)) return;
  const likely = [",", "\t", ";", "|"].find((other) => other !== delimiter && line.includes(other));
  if (likely === undefined) return;
  const shown = (text: string): string => (text === "\t" ? "tabs" : JSON.stringify(text));
  throw new UserError({
    subject: `${input.path}, line 1`,
    problem: `one column only when split at ${shown(delimiter)}, but it holds ${shown(likely)}`,
    value: line,
    remedy: `try --delimiter '${likely === "\t" ? "\\t" : likely}'`,
  });
}

function firstLine(input: InputFile): string {
  return (
    unzippedHead(input)
      .toString("utf8")
      .replace(/^\ufeff/, "")
      .split(/\r?\n|\r/, 1)[0] ?? ""
  );
}

/** `\t` as a shell passes it. */
export function parseDelimiter(given: string): string {
  return given === "\\t" || given === "tab" ? "\t" : given;
}
