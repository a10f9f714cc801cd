/** Which format a file has: by its name, or else by how it begins. */

import { gunzipSync, constants } from "node:zlib";
import { UserError } from "../core/errors.js";
import { fileFormats, type Encoding, type FileFormat } from "./read-options.js";
import type { InputFile } from "./source-files.js";

const byExtension: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  parquet: "parquet",
  arrow: "arrow",
  feather: "arrow",
  ipc: "arrow",
};

/** The beginning of a file, unzipped. */
export function unzippedHead({ path, head, gzip }: InputFile): Buffer {
  if (!gzip) return head;
  try {
    // Z_SYNC_FLUSH gives what the first bytes of the file hold, without asking for its end.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "not a valid gzip file",
      remedy: "fetch or make it again",
      cause,
    });
  }
}

/** @throws UserError where neither the name nor the content tells */
export function detectFormat(input: InputFile, encoding: Encoding | undefined): FileFormat {
  if (input.folder) return "datasets";
  const head = unzippedHead(input);
  if (head.length === 0) {
    throw new UserError({
      subject: input.path,
      problem: "the file is empty",
      remedy: "give one with examples",
    });
  }
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  if (head.subarray(0, 6).toString("latin1") === "ARROW1" || head.readInt32LE(0) === -1) return "arrow";
  const extension = /\.([^./\\]+)$/.exec(input.path.replace(/\.(gz|gzip)$/i, ""))?.[1]?.toLowerCase() ?? "";
  const named = byExtension[extension];
  if (named === "parquet" || named === "arrow") {
    throw new UserError({
      subject: input.path,
      problem: `does not begin as ${named === "arrow" ? "an Arrow" : "a Parquet"} file does`,
      remedy: "fetch or make it again, or give its --format",
    });
  }
  if (head.subarray(0, 8192).includes(0) && encoding !== "utf-16") {
    throw new UserError({
      subject: input.path,
      problem: "holds NUL bytes: binary, or UTF-16 text",
      remedy: `give a file of ${fileFormats.join(", ")}, or --encoding utf-16`,
    });
  }
  if (named === "json" && looksLikeLines(head)) return "jsonl";
  return named ?? byContent(head.toString("latin1"));
}

/** Several JSON objects, one a line, under the name of one. */
function looksLikeLines(head: Buffer): boolean {
  const [first = "", second = ""] = head.toString("utf8").split("\n", 2);
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
