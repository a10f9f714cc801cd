/** DuckDB's complaints about a file, as one line of ours: which file, which line, what to do. */

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { UserError } from "../core/errors.js";
import { lineOfRecord } from "./delimited-records.js";
import type { ReadOptions } from "./read-options.js";
import type { InputFile } from "./source-files.js";

/** Looks at the files again, where that tells more than the message. */
export async function readError(
  cause: unknown,
  inputs: readonly InputFile[],
  { quotes = true }: Pick<ReadOptions, "quotes">,
): Promise<UserError> {
  if (cause instanceof UserError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const input = inputs.find(({ file }) => message.includes(file)) ?? inputs[0];
  if (input === undefined) return new UserError({ subject: "dataset", problem: firstLine(message), cause });
  const text = await contents(input).catch(() => null);
  if (text === null) {
    return new UserError({
      subject: input.path,
      problem: "the gzip stream is damaged or cut short",
      remedy: "fetch or make it again",
      cause,
    });
  }
  const record = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (record !== undefined) {
    return delimitedError(
      message,
      `${input.path}, line ${lineOfRecord(text, Number(record), quotes)}`,
      cause,
    );
  }
  if (/json/i.test(message)) return jsonError(text, input.path, message, cause);
  return new UserError({
    subject: input.path,
    problem: `cannot be read: ${firstLine(message)}`,
    remedy: "look at the file, or give its --format",
    cause,
  });
}

function delimitedError(message: string, subject: string, cause: unknown): UserError {
  const original = /Original Line: (.*)/.exec(message)?.[1];
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    const [, expected, found] = columns;
    return new UserError({
      subject,
      problem: `${found} ${found === "1" ? "field" : "fields"}, where the header has ${expected}`,
      value: original,
      remedy: "mend the line, or give the right --delimiter",
      cause,
    });
  }
  if (/invalid unicode/i.test(message)) {
    return new UserError({
      subject,
      problem: "not valid UTF-8",
      remedy: "try --encoding latin-1 or --encoding utf-16",
      cause,
    });
  }
  if (/quote/i.test(message)) {
    return new UserError({
      subject,
      problem: "a quotation mark opens or closes a field in the wrong place",
      value: original,
      remedy: "mend the line, or give --no-quotes where double quotes mean nothing",
      cause,
    });
  }
  const said =
    message.split("\n").find((line) => line !== "" && !/CSV Error on Line|Original Line/.test(line)) ?? "";
  return new UserError({ subject, problem: said, value: original, remedy: "mend the line", cause });
}

function jsonError(text: string, path: string, message: string, cause: unknown): UserError {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.trim() !== "" && !isJson(line));
  // A file that is one document over many lines has no line to blame.
  const oneALine = at > 0 || (lines.length > 1 && isJson(lines[1] ?? ""));
  return new UserError({
    subject: oneALine ? `${path}, line ${at + 1}` : path,
    problem:
      oneALine && at === lines.length - 1 ? "not valid JSON: the last line is cut off" : "not valid JSON",
    value: oneALine ? lines[at] : firstLine(message).replace(/ in file "[^"]*"/, ""),
    remedy: "mend it, or fetch it again",
    cause,
  });
}

async function contents({ file, gzip }: InputFile): Promise<string> {
  const bytes = await readFile(file);
  return (gzip ? gunzipSync(bytes) : bytes).toString("utf8");
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function firstLine(message: string): string {
  const line = (message.split("\n")[0] ?? "").trim();
  return line
    .replace(/^(Invalid Input|IO|Conversion|Binder|Parser|Catalog) Error: /, "")
    .replace(/[.!]$/, "");
}
