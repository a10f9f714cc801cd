/** DuckDB's complaints about a file, as one line of ours: which file, which line, what to do. */

import { UserError } from "../core/errors.js";
import type { Dialect } from "./delimited.js";
import { lineOfRecord } from "./delimited-records.js";
import { fileLines, plainBytes } from "./file-lines.js";
import { damagedGzip, type InputFile } from "./input-file.js";

/** Of a line, in bytes: more than a message shows. */
const longestShown = 1000;

/**
 * Looks at the files again, where that tells more than the message.
 *
 * @param dialect of delimited text
 */
export async function readError(
  cause: unknown,
  inputs: readonly InputFile[],
  dialect: Pick<Dialect, "delimiter" | "quotes">,
): Promise<UserError> {
  if (cause instanceof UserError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  // One file's path may begin another's.
  const named = inputs.filter(({ file }) => message.includes(file));
  const input = named.sort((a, b) => b.file.length - a.file.length)[0] ?? inputs[0];
  if (input === undefined) return new UserError({ subject: "dataset", problem: firstLine(message), cause });
  try {
    return await lookAgain(message, input, dialect, cause);
  } catch (damage) {
    if (damage instanceof Error && "code" in damage && String(damage.code).startsWith("Z_"))
      return damagedGzip(input.path, damage);
    throw damage;
  }
}

async function lookAgain(
  message: string,
  input: InputFile,
  dialect: Pick<Dialect, "delimiter" | "quotes">,
  cause: unknown,
): Promise<UserError> {
  const record = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (record !== undefined) {
    const line = await lineOfRecord(characters(input), Number(record), dialect);
    return delimitedError(message, `${input.path}, line ${line}`, cause);
  }
  if (/json/i.test(message)) return await jsonError(input, message, cause);
  return new UserError({
    subject: input.path,
    problem: `cannot be read: ${firstLine(message)}`,
    remedy: "look at the file, or give its --format",
    cause,
  });
}

async function* characters(input: InputFile): AsyncGenerator<string> {
  for await (const chunk of plainBytes(input)) yield chunk.toString("latin1");
}

function delimitedError(message: string, subject: string, cause: unknown): UserError {
  const original = /Original Line:\s*(?!Expected Number|Possible fixes)(.*)/.exec(message)?.[1];
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

async function jsonError(input: InputFile, message: string, cause: unknown): Promise<UserError> {
  let wrong: { at: number; line: string; ended: boolean } | null = null;
  let at = 0;
  let secondIsJson = false;
  for await (const { bytes, ended } of fileLines(input)) {
    const valid = isJson(bytes);
    if (at === 1) secondIsJson = valid && !isBlank(bytes);
    if (!valid) wrong ??= { at, line: bytes.toString("utf8", 0, longestShown), ended };
    at++;
    // A file that is one document over many lines has no line to blame.
    if (wrong && at > 1) break;
  }
  const found = wrong !== null && (wrong.at > 0 || secondIsJson) ? wrong : null;
  return new UserError({
    subject: found ? `${input.path}, line ${found.at + 1}` : input.path,
    problem: found && !found.ended ? "not valid JSON: the last line is cut off" : "not valid JSON",
    value: found?.line ?? firstLine(message).replace(/ in file "[^"]*"/, ""),
    remedy: "mend it, or fetch it again",
    cause,
  });
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

/** Whether a line is JSON, or nothing. */
function isJson(bytes: Buffer): boolean {
  if (isBlank(bytes)) return true;
  try {
    JSON.parse(bytes.toString("utf8"));
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
