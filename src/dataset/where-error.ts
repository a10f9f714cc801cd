/** What DuckDB says of a `--where`, in words for who wrote it. */

import { nearest, UserError } from "../core/errors.js";
import { shortList } from "./source-table.js";

/** @returns null where the expression is not to blame */
export function whereError(where: string, columns: readonly string[], cause: unknown): UserError | null {
  const message = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  if (!/^(Binder|Parser|Catalog|Conversion) Error/.test(message)) return null;
  const missing = /Referenced (?:column|table) "(.+?)" not found/.exec(message)?.[1];
  if (missing !== undefined) return missingColumn(where, missing, columns, cause);
  return new UserError({
    subject: "--where",
    problem: message.replace(/^\w+ Error: /, "").replace(/[.!]$/, ""),
    value: where,
    remedy: `write it as SQL, text in single quotes: --where "split = 'train'"`,
    cause,
  });
}

function missingColumn(
  where: string,
  missing: string,
  columns: readonly string[],
  cause: unknown,
): UserError {
  const near = nearest(missing, columns);
  // A text in double quotes, as in other languages, is a column's name in SQL.
  const asText = where.includes(`"${missing}"`)
    ? `, or '${missing}' in single quotes where it is a text`
    : "";
  return new UserError({
    subject: "--where",
    problem: `there is no column ${JSON.stringify(missing)}`,
    value: where,
    remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${shortList(columns)}${asText}`,
    cause,
  });
}
