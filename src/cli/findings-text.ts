/** A built-in study's own tables on a terminal. */

import type { FoundTable, Value } from "../study/built-in/findings.js";
import { wideTable } from "./format.js";

const mostRows = 24;

/** Each with its title and what has to be known beside it. Long ones are cut to their first rows: the file has all. */
export function findingsText(folder: string, tables: readonly FoundTable[], width: number): string {
  return tables.map((one) => tableText(folder, one, width)).join("\n\n");
}

function tableText(folder: string, { name, title, columns, rows, notes }: FoundTable, width: number): string {
  const right = columns.map((_, at) => rows.every((row) => typeof (row[at] ?? 0) === "number"));
  const keys = right.findIndex((numeric) => numeric);
  const body = wideTable(
    columns.map((one, at) => (right[at] === true ? { title: one, align: "right" as const } : { title: one })),
    rows.slice(0, mostRows).map((row) => row.map(show)),
    { keys: Math.max(1, keys === -1 ? columns.length : keys), width },
  );
  const more = rows.length > mostRows ? [`  ... ${rows.length - mostRows} more rows`] : [];
  return [title, body, ...more, ...notes, `all of it: ${folder}/${name}.csv`].join("\n");
}

function show(value: Value): string {
  if (value === null) return "-";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3);
}
