/** A study's report on a terminal: what it found, and the tables that fit there. */

import type { Report, ReportTable } from "../study/report/report.js";
import { cells, oneLine, table } from "./format.js";

/** Columns that a terminal leaves to the files. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  primary: ["t 95 %", "p", "ΔMCC", "cells not ok"],
};
/** Tables that are too long for it. */
const filesOnly = ["exploratory"];
const widestCell = 48;

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

/** Columns beyond the width go below, each part with the first column again. */
function tableText({ name, title, notes, columns, rows }: ReportTable, width: number): string {
  const drop = leftOut[name] ?? [];
  const kept = columns.map((_, i) => i).filter((i) => !drop.includes(columns[i]!.title));
  const cut = rows.map((row) => row.map((cell) => oneLine(cell, widestCell)));
  const wide = (i: number): number =>
    Math.max(...[columns[i]!.title, ...cut.map((row) => row[i] ?? "")].map(cells)) + 2;
  const [first = 0, ...others] = kept;
  const parts: number[][] = [[first]];
  let used = wide(first);
  for (const i of others) {
    const last = parts.at(-1)!;
    if (used + wide(i) > width && last.length > 1) {
      parts.push([first, i]);
      used = wide(first) + wide(i);
    } else {
      last.push(i);
      used += wide(i);
    }
  }
  const blocks = parts.map((part) =>
    table(
      part.map((i) => ({ title: oneLine(columns[i]!.title, widestCell), align: columns[i]!.align })),
      cut.map((row) => part.map((i) => row[i] ?? "")),
    ),
  );
  const [note] = notes;
  return [title, ...(note === undefined || name !== "scores" ? [] : [`  ${note}`]), blocks.join("\n\n")].join(
    "\n",
  );
}
