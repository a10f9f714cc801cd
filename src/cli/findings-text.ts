/** A built-in study's own tables on a terminal. */

import type { FoundTable, Value } from "../study/built-in/findings.js";
import { table } from "./format.js";

/** Each with its title and what has to be known beside it. Wide ones are cut to their first columns: the file has all. */
export function findingsText(folder: string, tables: readonly FoundTable[], width: number): string {
  return tables.map((one) => tableText(folder, one, width)).join("\n\n");
}

function tableText(folder: string, { name, title, columns, rows, notes }: FoundTable, width: number): string {
  const texts = rows.map((row) => row.map(show));
  const fitting = columns
    .map((_, count) => count + 1)
    .filter((count) => widthOf(columns, texts, count) <= width);
  const shown = Math.max(1, fitting.at(-1) ?? 1);
  const right = columns.map((_, at) => rows.every((row) => typeof (row[at] ?? 0) === "number"));
  const body = table(
    columns
      .slice(0, shown)
      .map((one, at) => (right[at] === true ? { title: one, align: "right" as const } : { title: one })),
    texts.map((row) => row.slice(0, shown)),
  );
  const cut = shown < columns.length ? `, ${columns.length - shown} more columns` : "";
  return [title, body, ...notes, `all of it: ${folder}/${name}.csv${cut}`].join("\n");
}

function widthOf(columns: readonly string[], rows: readonly (readonly string[])[], count: number): number {
  const widths = columns
    .slice(0, count)
    .map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length)));
  return widths.reduce((sum, one) => sum + one + 2, 0);
}

function show(value: Value): string {
  if (value === null) return "-";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3);
}
