/** Which format a subset is written in, by its name: any that the reader takes. */

import { nearest, UserError } from "../core/errors.js";

const byExtension = {
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
  txt: "ids",
} as const;

export interface SubsetFormat {
  /** `ids`: one id a line. */
  readonly kind: (typeof byExtension)[keyof typeof byExtension];
  readonly gzip: boolean;
}

/** @throws UserError where the name ends in nothing that is known, or `.txt` for more than ids */
export function subsetFormat(path: string, idsOnly: boolean): SubsetFormat {
  const gzip = /\.(gz|gzip)$/i.test(path);
  const extension = /\.([^./\\]+)$/.exec(path.replace(/\.(gz|gzip)$/i, ""))?.[1]?.toLowerCase() ?? "";
  const kind = Object.hasOwn(byExtension, extension)
    ? byExtension[extension as keyof typeof byExtension]
    : undefined;
  if (kind !== undefined && (kind !== "ids" || idsOnly)) return { kind, gzip };
  const known = ["csv", "tsv", "jsonl", "json", "parquet", "arrow"];
  const near = nearest(extension, known);
  throw new UserError({
    subject: path,
    problem: kind === "ids" ? "a .txt file takes ids only" : "not a format that a subset can be written in",
    value: extension === "" ? undefined : `.${extension}`,
    remedy:
      kind === "ids"
        ? "give --ids, or another extension"
        : `${near === null ? "" : `did you mean .${near}? `}let the name end in ${known.map((name) => `.${name}`).join(", ")}, with or without .gz`,
  });
}
