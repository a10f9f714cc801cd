/** What a reader wants of a few examples of a run: line of the map, contents, and the gold label's probability through the epochs. */

import { fileLiteral, withDatabase, type Database } from "../../core/duckdb.js";
import { readingMaps } from "../../map/damaged-map.js";
import { exampleTexts, type ShownField } from "../../map/example-texts.js";
import type { MapDescription } from "../../map/map-description.js";
import type { Region } from "../../map/map.js";
import { layout } from "../../run/layout.js";
import type { Run } from "../../run/reader.js";

export interface ChosenExample {
  readonly id: string;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly variability: number | null;
  readonly correctness: number | null;
  readonly region: Region | null;
  /** Empty where the run has no contents. */
  readonly fields: readonly ShownField[];
  /** In each epoch that the map is of; null where the run has no dynamics of gold probabilities. */
  readonly probabilities: readonly (number | null)[] | null;
}

/** @param rows of the run, any order. @returns one an entry of `rows` */
export async function chosenExamples(
  run: Run,
  { range }: MapDescription,
  rows: readonly number[],
): Promise<ChosenExample[]> {
  if (rows.length === 0) return [];
  return await readingMaps([run.folder], () =>
    withDatabase({}, (database) => readChosen(database, run, range, rows)),
  );
}

async function readChosen(
  database: Database,
  run: Run,
  range: MapDescription["range"],
  rows: readonly number[],
): Promise<ChosenExample[]> {
  const some = `"row" IN (${rows.join(", ")})`;
  const lines = await database.json(
    `SELECT "row", id, label, confidence, variability, correctness, region FROM read_parquet(${fileLiteral(layout.map(run.folder))}) WHERE ${some}`,
  );
  const found = new Map(lines.map((line) => [Number(line["row"]), line]));
  const texts = await exampleTexts(database, run, rows);
  const probabilities = new Map(rows.map((row) => [row, [] as (number | null)[]]));
  const traced = range !== null && run.manifest.columns.includes("gold_probability");
  if (traced) {
    for (let epoch = range.from; epoch <= range.to; epoch++) {
      const files = run.epochFiles(epoch).map(fileLiteral).join(", ");
      for (const line of await database.rows(
        `SELECT "row", gold_probability::DOUBLE AS p FROM read_parquet([${files}]) WHERE ${some}`,
      )) {
        const value = line["p"];
        probabilities.get(Number(line["row"]))?.push(typeof value === "number" ? value : null);
      }
    }
  }
  return rows.map((row) => {
    const line = found.get(row) ?? {};
    const number = (name: string): number | null => (typeof line[name] === "number" ? line[name] : null);
    return {
      id: String(line["id"]),
      label: (line["label"] ?? null) as string | null,
      confidence: number("confidence"),
      variability: number("variability"),
      correctness: number("correctness"),
      region: (line["region"] ?? null) as Region | null,
      fields: texts.get(row) ?? [],
      probabilities: traced ? (probabilities.get(row) ?? []) : null,
    };
  });
}
