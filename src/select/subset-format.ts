/** Which format a subset is written in, by its name: any that the reader takes. */

import { extensionOf, formatByName, namesGzip } from "../dataset/file-extension.js";
import { nearest, UserError } from "../core/errors.js";

export interface SubsetFormat {
  /** `ids`: one id a line. */
  readonly kind: NonNullable<ReturnType<typeof formatByName>> | "ids";
  readonly gzip: boolean;
}

/** @throws UserError where the name ends in nothing that is known, or `.txt` for more than ids */
export function subsetFormat(path: string, idsOnly: boolean): SubsetFormat {
  const gzip = namesGzip(path);
  const extension = extensionOf(path);
  const kind = extension === "txt" ? "ids" : formatByName(path);
  if (kind !== null && (kind !== "ids" || idsOnly)) return { kind, gzip };
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
