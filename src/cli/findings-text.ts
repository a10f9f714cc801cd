/** A built-in study's own tables on a terminal. */

import type { FoundTable, Value } from "../study/built-in/findings.js";
import { wideTable } from "./format.js";

const mostRows = 24;
const mostKeys = 6;

/** Each with its title and what has to be known beside it. Long ones are cut to their first rows: the file has all. */
export function findingsText(folder: string, tables: readonly FoundTable[], width: number): string {
  return tables.map((one) => tableText(folder, one, width)).join("\n\n");
}

function tableText(folder: string, { name, title, columns, rows, notes }: FoundTable, width: number): string {
  // A surface's coefficients are for programs.
  const kept = [...columns.keys()].filter((at) => !columns[at]?.startsWith("b "));
  const numeric = kept.map((at) => rows.every((row) => typeof (row[at] ?? 0) === "number"));
  // What a row is about comes first: words, and numbers among them.
  const keys = 1 + Math.max(0, numeric.slice(0, mostKeys).lastIndexOf(false));
  const body = wideTable(
    kept.map((at, i) => ({
      title: columns[at] ?? "",
      align: numeric[i] === true ? ("right" as const) : "left",
    })),
    rows.slice(0, mostRows).map((row) => kept.map((at) => show(row[at] ?? null))),
    { keys, width },
  );
  const more = rows.length > mostRows ? [`  ... ${rows.length - mostRows} more rows`] : [];
  return [title, body, ...more, ...notes, `all of it: ${folder}/${name}.csv`].join("\n");
}

function show(value: Value): string {
  if (value === null) return "-";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3);
}
