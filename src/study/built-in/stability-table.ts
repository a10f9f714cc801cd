/** What the maps of a stability study have in common, each two of them: coordinates by rank, selections by what they share. */

import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { readCoordinate } from "../../map/read-map.js";
import { studyLayout } from "../folder/layout.js";
import { readStudyManifest } from "../folder/manifest.js";
import type { PlanLine } from "../plan/plan.js";
import type { FoundTable, Value } from "./findings.js";
import { spearman } from "./rank-correlation.js";

const coordinates = ["confidence", "variability", "correctness", "margin"] as const;

/** Reads the maps and selections of a finished study. */
export async function stabilityTable(folder: string): Promise<FoundTable> {
  const lines = (await readStudyManifest(folder))?.lines ?? [];
  const rows: Value[][] = [];
  const maps = [...new Set(lines.flatMap(({ map }) => map ?? []))];
  for (const name of coordinates) {
    const values: Float64Array[] = [];
    for (const map of maps) values.push(await readCoordinate(studyLayout.map(folder, map), name));
    const found = eachTwo(values, spearman).filter((value) => value !== null);
    rows.push([name, "rank correlation", ...summary(found), null]);
  }
  const arms = [...new Set(lines.map(({ arm }) => arm))];
  for (const arm of arms) {
    const selections = await readSelections(
      folder,
      lines.filter((line) => line.arm === arm),
    );
    const shared = eachTwo(selections, (a, b) => sharedPart(a, b));
    const size = selections[0]?.size ?? 0;
    const all = await sizeOf(folder, maps[0]);
    rows.push([arm, "shared part", ...summary(shared), all === 0 ? null : size / all]);
  }
  return {
    name: "stability",
    title: `What ${maps.length} maps of the same data with other seeds have in common, each two of them`,
    columns: ["of", "measure", "mean", "least", "largest", "pairs", "by chance"],
    rows,
    notes: [
      "The shared part is how much of one selection stands in the other; by chance, as much as the selection is of the whole.",
    ],
  };
}

/** Of two sets of one size: how much of one stands in the other. */
export function sharedPart(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0;
  for (const row of a) if (b.has(row)) shared++;
  return shared / Math.max(1, Math.min(a.size, b.size));
}

function eachTwo<T, R>(items: readonly T[], of: (a: T, b: T) => R): R[] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b) => of(a, b)));
}

function summary(values: readonly number[]): [Value, Value, Value, number] {
  if (values.length === 0) return [null, null, null, 0];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.min(...values), Math.max(...values), values.length];
}

async function readSelections(folder: string, lines: readonly PlanLine[]): Promise<Set<number>[]> {
  const keys = [...new Set(lines.flatMap(({ selection }) => selection ?? []))];
  const sets: Set<number>[] = [];
  for (const key of keys) {
    const sql = `SELECT "row" FROM read_parquet(${fileLiteral(studyLayout.selection(folder, key))})`;
    const rows = await withDatabase({ threads: 1 }, (database) => database.rows(sql));
    sets.push(new Set(rows.map((row) => Number(row["row"]))));
  }
  return sets;
}

async function sizeOf(folder: string, map: string | undefined): Promise<number> {
  return map === undefined ? 0 : (await readCoordinate(studyLayout.map(folder, map), "confidence")).length;
}
