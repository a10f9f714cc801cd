/** Arrow IPC files and streams, and the folders that Hugging Face `datasets` saves, decoded by flechette. */

import { createWriteStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { tableFromIPC } from "@uwdata/flechette";
import { z } from "zod";
import { UserError } from "../core/errors.js";
import type { InputFile } from "./input-file.js";

/** Names of integer labels, by column: what a `datasets` folder says of its ClassLabel features. */
export type ClassLabels = Readonly<Record<string, readonly string[]>>;

/** Writes the rows of Arrow files as JSON lines, which DuckDB reads like any others. */
export async function arrowToLines(
  inputs: readonly InputFile[],
  target: string,
  labels: ClassLabels = {},
): Promise<void> {
  await pipeline(Readable.from(lines(inputs, labels)), createWriteStream(target));
}

/** The data files of a `datasets` folder and the names of its labels. @throws UserError where it is not one */
export async function readDatasetsFolder(folder: string): Promise<{ files: string[]; labels: ClassLabels }> {
  const state = await readJson(join(folder, "state.json"));
  if (state === null) {
    const splits = z
      .object({ splits: z.array(z.string()) })
      .safeParse(await readJson(join(folder, "dataset_dict.json")));
    const names = splits.success ? splits.data.splits : [];
    throw new UserError({
      subject: folder,
      problem: splits.success ? "holds several splits" : "a folder, and not one that `datasets` saved",
      value: splits.success ? names.join(", ") : undefined,
      remedy: splits.success
        ? `name one of them: ${join(folder, names[0] ?? "train")}`
        : await suggestFile(folder),
    });
  }
  const { _data_files: files } = stateSchema.parse(state);
  const info = infoSchema.safeParse(await readJson(join(folder, "dataset_info.json")));
  const features = Object.entries(info.success ? info.data.features : {});
  const labels = features.flatMap(([name, feature]) => {
    const parsed = classLabelSchema.safeParse(feature);
    return parsed.success ? [[name, parsed.data.names] as const] : [];
  });
  return { files: files.map((file) => join(folder, file.filename)), labels: Object.fromEntries(labels) };
}

/** What to name instead of a folder: a file that lies in it. */
async function suggestFile(folder: string): Promise<string> {
  const known = /\.(csv|tsv|jsonl|ndjson|json|parquet|arrow)(\.gz)?$/i;
  const names = (await readdir(folder).catch(() => [])).filter((name) => known.test(name)).sort();
  const [first] = names;
  return first === undefined
    ? "name a file, or a glob such as 'folder/*.csv'"
    : `name a file in it, ${join(folder, first)} say${names.length > 1 ? ` (one of ${names.length})` : ""}`;
}

const stateSchema = z.object({ _data_files: z.array(z.object({ filename: z.string() })) });
const infoSchema = z.object({ features: z.record(z.string(), z.unknown()) });
const classLabelSchema = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });

async function readJson(path: string): Promise<unknown> {
  return await readFile(path, "utf8").then(
    (text) => JSON.parse(text) as unknown,
    () => null,
  );
}

async function* lines(inputs: readonly InputFile[], labels: ClassLabels): AsyncGenerator<string> {
  for (const input of inputs) {
    const bytes = await readFile(input.file);
    const table = decode(input.path, input.gzip ? gunzipSync(bytes) : bytes);
    const named = Object.entries(labels);
    for (const row of table) {
      const record = row as Record<string, unknown>;
      const renamed = named.map(([column, names]) => {
        const value = record[column];
        // datasets writes -1 for a label that is not known.
        return [
          column,
          value === null || Number(value) < 0 ? null : (names[Number(value)] ?? value),
        ] as const;
      });
      yield `${JSON.stringify({ ...record, ...Object.fromEntries(renamed) }, plain)}\n`;
    }
  }
}

function decode(path: string, bytes: Uint8Array): Iterable<object> {
  try {
    return tableFromIPC(bytes, { useBigInt: true });
  } catch (cause) {
    const compressed = /compress|codec/i.test(String(cause));
    throw new UserError({
      subject: path,
      problem: compressed
        ? "its buffers are compressed, which this reader cannot undo"
        : "not a readable Arrow file",
      remedy: compressed ? "write it without compression, or as Parquet" : "fetch or make it again",
      cause,
    });
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number>)
    : value;
}
