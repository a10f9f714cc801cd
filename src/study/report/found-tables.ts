/** A built-in study's own tables in its report. Those of many columns and few rows stand on their side. */

import type { FoundTable, Value } from "../built-in/findings.js";
import type { ReportTable } from "./report.js";

const mostColumns = 14;

export function foundTable(found: FoundTable): ReportTable {
  const { name, title, notes } = found;
  const said = [...notes, `Unrounded in ${name}.csv of the study's folder.`];
  const [columns, rows] =
    found.columns.length > mostColumns && found.rows.length < found.columns.length
      ? onItsSide(found)
      : [found.columns, found.rows];
  const numeric = columns.map((_, at) => rows.every((row) => typeof (row[at] ?? 0) === "number"));
  return {
    ...{ name, title, notes: said },
    columns: columns.map((column, at) => ({
      title: column,
      align: numeric[at] === true && rows.length > 0 ? ("right" as const) : ("left" as const),
    })),
    rows: rows.map((row) => row.map(show)),
  };
}

/** A row for each column; the rows, which were columns, are numbered. */
function onItsSide({ columns, rows }: FoundTable): [readonly string[], readonly (readonly Value[])[]] {
  return [
    ["", ...rows.map((_, at) => String(at + 1))],
    columns.map((column, at) => [column, ...rows.map((row) => row[at] ?? null)]),
  ];
}

function show(value: Value): string {
  if (value === null) return "-";
  if (typeof value === "string") return value;
  const text = Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) >= 100 ? 1 : 3);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
