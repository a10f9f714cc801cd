/** A study's report on a terminal: what it found, and the tables that fit there. */

import type { Report, ReportTable } from "../study/report/report.js";
import { oneLine, wideTable } from "./format.js";

/** Columns that a terminal leaves to the files. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  primary: ["t 95 %", "p", "ΔMCC", "cells not ok"],
};
/** Tables that are too long for it. */
const filesOnly = ["exploratory"];
const widestCell = 48;
/** How many columns say what a row is about. Default: one. */
const keys: Readonly<Record<string, number>> = { primary: 3 };
/** A terminal shows the first rows of a longer table: the files have all. */
const mostRows = 60;

/** @param width columns of the terminal */
export function reportText({ title, findings, tables }: Report, width: number): string {
  const shown = tables.filter(({ name }) => !filesOnly.includes(name));
  const rest = tables.filter(({ name }) => filesOnly.includes(name));
  return [
    title,
    ...findings.map((line) => `  ${line}`),
    ...shown.map((own) => `\n${tableText(own, width)}`),
    ...rest.map(({ title: name, rows }) => `\n${name}: ${rows.length}, in the files`),
  ].join("\n");
}

function tableText({ name, title, notes, columns, rows }: ReportTable, width: number): string {
  const drop = leftOut[name] ?? [];
  const kept = columns.map((_, i) => i).filter((i) => !drop.includes(columns[i]!.title));
  const body = wideTable(
    kept.map((i) => ({ title: oneLine(columns[i]!.title, widestCell), align: columns[i]!.align })),
    rows.slice(0, mostRows).map((row) => kept.map((i) => oneLine(row[i] ?? "", widestCell))),
    { keys: keys[name] ?? 1, width },
  );
  const [note] = notes;
  const more = rows.length > mostRows ? [`  ... ${rows.length - mostRows} more rows, in the files`] : [];
  return [title, ...(note === undefined || name !== "scores" ? [] : [`  ${note}`]), body, ...more].join("\n");
}
