/** Which format a file has: by its name, or else by how it begins. */

import { UserError } from "../core/errors.js";
import { formatByName } from "./file-extension.js";
import { unzippedHead, type InputFile } from "./input-file.js";
import { fileFormats, type FileFormat } from "./read-options.js";

/** The format of a file that is no text, by how it begins; null: it may be text. */
export function binaryFormat(input: InputFile): FileFormat | null {
  if (input.folder) return "datasets";
  const head = unzippedHead(input);
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  const arrow = head.subarray(0, 6).toString("latin1") === "ARROW1";
  return arrow || head.subarray(0, 4).toString("hex") === "ffffffff" ? "arrow" : null;
}

/** Formats of other programs that people hand over, by their first bytes, in latin1. */
const foreignFormats: readonly (readonly [magic: string, name: string])[] = [
  ["PK\x03\x04", "a zip archive, such as an Excel workbook (.xlsx)"],
  ["\xd0\xcf\x11\xe0", "an old Office file, such as .xls"],
  ["SQLite format 3\0", "an SQLite database"],
  ["%PDF-", "a PDF"],
  ["BZh", "bzip2"],
  ["\xfd7zXZ\0", "xz"],
  ["\x28\xb5\x2f\xfd", "zstd"],
];

/** @throws UserError where neither the name nor the content tells */
export function detectFormat(input: InputFile): FileFormat {
  const binary = binaryFormat(input);
  if (binary !== null) return binary;
  const head = unzippedHead(input);
  if (head.length === 0) {
    throw new UserError({
      subject: input.path,
      problem: "the file is empty",
      remedy: "give one with examples",
    });
  }
  const start = head.subarray(0, 16).toString("latin1");
  const foreign = foreignFormats.find(([magic]) => start.startsWith(magic));
  if (foreign) {
    throw new UserError({
      subject: input.path,
      problem: `is ${foreign[1]}, which is not read`,
      remedy: `unpack it or save it as one of ${fileFormats.join(", ")}`,
    });
  }
  const named = formatByName(input.path);
  if (named === "parquet" || named === "arrow") {
    throw new UserError({
      subject: input.path,
      problem: `does not begin as ${named === "arrow" ? "an Arrow" : "a Parquet"} file does`,
      remedy: "fetch or make it again, or give its --format",
    });
  }
  if (looksBinary(head.subarray(0, 8192))) {
    throw new UserError({
      subject: input.path,
      problem: "holds NUL bytes: binary, or UTF-16 text",
      remedy: `give a file of ${fileFormats.join(", ")}, or --encoding utf-16`,
    });
  }
  if (named === "json" && looksLikeLines(head)) return "jsonl";
  return named ?? byContent(head.toString("latin1"));
}

/** A NUL or two in a text is an accident that is told by its line; UTF-16 and binary files have many. */
function looksBinary(head: Buffer): boolean {
  if (!head.includes(0)) return false;
  if (["fffe", "feff"].includes(head.subarray(0, 2).toString("hex"))) return true;
  const controls = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length;
  return controls > head.length / 100 && controls > 2;
}

/** Several JSON objects, one a line, under the name of one. */
function looksLikeLines(head: Buffer): boolean {
  const [first = "", second = ""] = head
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split("\n", 2);
  return isObject(first) && second.trimStart().startsWith("{");
}

function byContent(head: string): FileFormat {
  const text = head.replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  if (text.startsWith("[")) return "json";
  if (text.startsWith("{")) return isObject(text.split("\n", 1)[0] ?? "") ? "jsonl" : "json";
  const line = text.split("\n", 1)[0] ?? "";
  return line.split("\t").length > line.split(",").length ? "tsv" : "csv";
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
