/** Which format a file's name says, gzip's ending aside. */

import type { FileFormat } from "./read-options.js";

const formats: Readonly<Record<string, Exclude<FileFormat, "datasets">>> = {
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

/** Of `reviews.CSV.gz` `csv`; empty where the name has none. */
export function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path.replace(/\.(gz|gzip)$/i, ""))?.[1]?.toLowerCase() ?? "";
}

/** null where the name says none. */
export function formatByName(path: string): Exclude<FileFormat, "datasets"> | null {
  const extension = extensionOf(path);
  return Object.hasOwn(formats, extension) ? (formats[extension] ?? null) : null;
}

export function namesTable(path: string): boolean {
  return formatByName(path) !== null;
}

export function namesGzip(path: string): boolean {
  return /\.(gz|gzip)$/i.test(path);
}
