/** Which format a path's content is in. */

import { stat } from "node:fs/promises";
import { UserError } from "../../core/errors.js";
import { isEpochFile } from "./epoch-files.js";
import type { ImportFormat } from "./imported-run.js";
import { lineBlocks } from "./line-blocks.js";

/** @throws UserError where there is no such path, or nothing that is known */
export async function detectFormat(paths: readonly string[]): Promise<ImportFormat> {
  const [path] = paths;
  if (path === undefined) {
    throw new UserError({
      subject: "import",
      problem: "no path was given",
      remedy: "give the folder or file of the dynamics",
    });
  }
  if ((await stat(path)).isDirectory() || isEpochFile(path)) return "allenai";
  const first = await firstLine(path);
  if (first.startsWith("PAR1")) return "table";
  const names = columnNames(first);
  const has = (...wanted: string[]): boolean => wanted.every((name) => names.includes(name));
  if (names.some((name) => name.startsWith("logits_epoch_"))) return "allenai";
  if (has("confidence", "variability")) return "coordinates";
  if (has("sample_id", "margin") || has("target_logit", "other_logit")) return "aum";
  if (has("sample_id", "aum")) {
    throw new UserError({
      subject: path,
      problem: "AUM's final values, without any epoch",
      remedy: "give full_aum_records.csv, which AUMCalculator writes with compressed=False",
    });
  }
  if (names.length === 0 || first.startsWith("{") || first.startsWith("[")) {
    throw new UserError({
      subject: path,
      problem: "neither dynamics nor a table of probabilities nor coordinates",
      value: first.slice(0, 60),
      remedy:
        "give dynamics_epoch_<e>.jsonl, a CSV or Parquet table, AUM's records or a coordinates file, and --format",
    });
  }
  return "table";
}

/** @throws UserError where a path does not exist or is empty */
export async function checkPaths(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found)
      throw new UserError({ subject: path, problem: "no such file or folder", remedy: "check its name" });
    if (found.isFile() && found.size === 0) {
      throw new UserError({ subject: path, problem: "is empty", remedy: "give a file with dynamics" });
    }
  }
}

async function firstLine(path: string): Promise<string> {
  for await (const { bytes, length } of lineBlocks(path)) {
    const text = bytes.toString("utf8", 0, Math.min(length, 1 << 20));
    const line = text
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/)
      .find((candidate) => candidate.trim() !== "");
    return line ?? "";
  }
  return "";
}

function columnNames(line: string): string[] {
  if (line.startsWith("{")) {
    try {
      return Object.keys(JSON.parse(line) as object);
    } catch {
      return [...line.matchAll(/"([^"]+)"\s*:/g)].map((match) => match[1] ?? "");
    }
  }
  return line.split(/[,\t;]/).map((name) => name.trim().replace(/^"|"$/g, "").toLowerCase());
}
