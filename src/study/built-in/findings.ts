/** What a built-in study says beyond its cells: tables of its own, written into its folder, shown at its end and in its report. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { studyLayout } from "../folder/layout.js";
import type { CellResult } from "../results/results.js";
import type { StudySpec } from "../spec/spec.js";

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

/** What the tables' files do not say of them, in the order of a report. */
const aboutSchema = z.array(
  z.object({
    name: z.string().regex(/^[a-z][a-z-]*$/),
    title: z.string(),
    notes: z.array(z.string()),
  }),
);

/** Writes each table as `<folder>/<name>.csv`, and what their titles and notes are as `findings.json`. */
export async function writeFindings(folder: string, tables: readonly FoundTable[]): Promise<void> {
  const write = (path: string, text: string): Promise<void> =>
    withDiskErrors(path, () => writeFileAtomically(path, text, studyLayout.scratch(folder)));
  for (const { name, columns, rows } of tables) {
    const lines = [columns, ...rows].map((row) => row.map(csvCell).join(","));
    await write(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
  }
  const about: z.infer<typeof aboutSchema> = tables.map(({ name, title, notes }) => ({
    name,
    title,
    notes: [...notes],
  }));
  await write(studyLayout.findings(folder), `${JSON.stringify(about, null, 1)}\n`);
}

/** The tables that a study left in its folder; none where it left none. @throws UserError where they are damaged */
export async function readFindings(folder: string): Promise<FoundTable[]> {
  const path = studyLayout.findings(folder);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return [];
  let about: z.infer<typeof aboutSchema>;
  try {
    about = aboutSchema.parse(JSON.parse(text));
  } catch (cause) {
    const remedy = "run the study again: nothing is trained anew";
    throw new UserError({ subject: path, problem: "damaged", remedy, cause });
  }
  const found: FoundTable[] = [];
  for (const table of about) {
    const csv = await readFile(join(folder, `${table.name}.csv`), "utf8").catch(() => null);
    const [columns, ...rows] = csv === null ? [] : parseCsv(csv);
    if (columns !== undefined) found.push({ ...table, columns, rows: rows.map((row) => row.map(valueOf)) });
  }
  return found;
}

function csvCell(value: Value): string {
  const text = value === null ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function valueOf(text: string): Value {
  if (text === "") return null;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** RFC 4180, as `writeFindings` writes it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = "", end = ""] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    if (end === "" && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
