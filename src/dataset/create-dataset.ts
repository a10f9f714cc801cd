/** A dataset from JavaScript objects. */

import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Dataset } from "./dataset.js";
import { readDataset } from "./read-dataset.js";
import type { ReadOptions } from "./read-options.js";

/**
 * Makes a dataset of plain objects, one an example, as if they had been read from JSON lines.
 *
 * @throws UserError as `readDataset` does
 */
export async function createDataset(
  rows: Iterable<object>,
  options: Omit<ReadOptions, "format" | "encoding" | "delimiter" | "header"> = {},
): Promise<Dataset> {
  const folder = await mkdtemp(join(tmpdir(), "alidade-rows-"));
  try {
    const path = join(folder, "rows.jsonl");
    await pipeline(Readable.from(jsonLines(rows)), createWriteStream(path));
    return await readDataset(path, { ...options, format: "jsonl" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* jsonLines(rows: Iterable<object>): Generator<string> {
  for (const row of rows) {
    yield `${JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value))}\n`;
  }
}
