/** What a built-in study says beyond its cells: tables of its own, written into its folder and shown at its end. */

import { join } from "node:path";
import { writeFileAtomically } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { studyLayout } from "../layout.js";
import type { CellResult } from "../results.js";
import type { StudySpec } from "../spec.js";

export type Value = string | number | null;

export interface FoundTable {
  /** Its file's name, without the ending. */
  readonly name: string;
  /** One line: what it shows. */
  readonly title: string;
  readonly columns: readonly string[];
  /** Numbers as they are; null where there is none. */
  readonly rows: readonly (readonly Value[])[];
  /** What has to be known beside it. */
  readonly notes: readonly string[];
}

/** What findings are made from. */
export interface Found {
  readonly folder: string;
  readonly spec: StudySpec;
  readonly results: readonly CellResult[];
}

/** Writes each table as `<folder>/<name>.csv`. */
export async function writeFindings(folder: string, tables: readonly FoundTable[]): Promise<void> {
  for (const table of tables) {
    const path = join(folder, `${table.name}.csv`);
    const lines = [table.columns, ...table.rows].map((row) => row.map(csvCell).join(","));
    await withDiskErrors(path, () =>
      writeFileAtomically(path, `${lines.join("\n")}\n`, studyLayout.scratch(folder)),
    );
  }
}

function csvCell(value: Value): string {
  const text = value === null ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
