/**
 * Examples by rank: the easiest, the hardest, the most ambiguous, or by any coordinate. Ties are broken by a seeded hash
 * of the id, so that the same seed gives the same examples in every row order.
 */

import { identifier, literal } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { UserError, nearest } from "../core/errors.js";
import { hashId } from "../core/random.js";
import { openRun } from "../run/reader.js";
import { coordinates } from "./coordinates.js";
import { exampleTexts } from "./example-texts.js";
import type { ShownField } from "./example-texts.js";
import { regionNames } from "./map.js";
import type { Region } from "./map.js";
import { checkCoordinate, withMap } from "./read-map.js";

export interface RankOptions {
  /**
   * `easy`: highest confidence first; `hard`: lowest confidence first; `ambiguous`: highest variability first; or a
   * coordinate's name. Default: hard.
   */
  readonly by?: string | undefined;
  /** For a coordinate: `descending` (default) or `ascending`. */
  readonly order?: "ascending" | "descending" | undefined;
  /** How many. Default: 20. */
  readonly limit?: number | undefined;
  /** Only examples of this label. */
  readonly label?: string | undefined;
  /** Only examples of this region. */
  readonly region?: string | undefined;
  /** Of the order among equals. Default: 0. */
  readonly seed?: number | undefined;
}

export interface RankedExample {
  readonly row: number;
  readonly id: string;
  readonly label: string | null;
  readonly region: Region | null;
  /** What a person reads of it. Empty where the run has no examples' contents. */
  readonly fields: readonly ShownField[];
  readonly coordinates: Readonly<Record<string, number | boolean | string | null>>;
}

/**
 * The first examples of a ranking, with their contents and coordinates. Examples whose coordinate is null are left out;
 * but by `forgetting` the never learned come first, as they count as forgotten most.
 *
 * @throws UserError where the label, region or coordinate does not exist, or the run cannot serve the coordinate
 */
export async function rankExamples(folder: string, options: RankOptions = {}): Promise<RankedExample[]> {
  const { label, region, seed = 0, limit = 20 } = options;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UserError({ subject: "--limit", problem: "not a whole number above 0", value: limit });
  }
  const { column, descending } = ranking(options);
  const run = await openRun(folder);
  if (label !== undefined) known("label", label, run.labelNames);
  if (region !== undefined) known("region", region, regionNames);
  return await withMap(folder, async (database) => {
    const conditions = [
      ...(label === undefined ? [] : [`label = ${literal(label)}`]),
      ...(region === undefined ? [] : [`region = ${literal(region)}`]),
    ];
    const rows = await rankRows(database, { column, descending, limit, seed, conditions });
    if (rows.length === 0) {
      const served = await database.value(`SELECT count(${identifier(column)}) FROM map`);
      if (Number(served) === 0) {
        throw new UserError({
          subject: folder,
          problem: `its dynamics cannot give ${column}`,
          remedy: "choose another coordinate, or train with logits recorded",
        });
      }
    }
    const texts = await exampleTexts(database, run, rows);
    const found = new Map<number, Record<string, unknown>>();
    if (rows.length > 0) {
      for (const line of await database.json(`SELECT * FROM map WHERE "row" IN (${rows.join(", ")})`)) {
        found.set(Number(line["row"]), line);
      }
    }
    return rows.map((row) => {
      const line = found.get(row) ?? {};
      return {
        row,
        id: String(line["id"]),
        label: (line["label"] ?? null) as string | null,
        region: (line["region"] ?? null) as Region | null,
        fields: texts.get(row) ?? [],
        coordinates: Object.fromEntries(
          coordinates.map(({ name }) => [name, (line[name] ?? null) as number | boolean | string | null]),
        ),
      };
    });
  });
}

function ranking({ by = "hard", order }: RankOptions): { column: string; descending: boolean } {
  if (by === "easy") return { column: "confidence", descending: true };
  if (by === "hard") return { column: "confidence", descending: false };
  if (by === "ambiguous") return { column: "variability", descending: true };
  try {
    return { column: checkCoordinate(by), descending: order !== "ascending" };
  } catch (cause) {
    const names = coordinates.filter(({ type }) => type !== "VARCHAR").map(({ name }) => name);
    throw new UserError({
      subject: "--examples",
      problem: "not a ranking",
      value: by,
      remedy: `give easy, hard, ambiguous or a coordinate: ${names.join(", ")}`,
      cause,
    });
  }
}

function known(what: string, value: string, names: readonly string[]): void {
  if (names.includes(value)) return;
  const near = nearest(value, names);
  const some = names.slice(0, 10).join(", ");
  throw new UserError({
    subject: `--${what}`,
    problem: `no such ${what}`,
    value,
    remedy: near
      ? `did you mean ${near}?`
      : names.length === 0
        ? `this run has no ${what}s`
        : `there are ${some}${names.length > 10 ? ", ..." : ""}`,
  });
}

export interface RowRanking {
  readonly column: string;
  readonly descending: boolean;
  readonly limit: number;
  readonly seed: number;
  /** SQL over the map's columns. */
  readonly conditions: readonly string[];
}

/**
 * Rows of the view `map` in the order of a column. The value at the cut is found first: only ids up to there are hashed.
 */
export async function rankRows(database: Database, ranking: RowRanking): Promise<number[]> {
  const { column, descending, limit, seed } = ranking;
  const name = identifier(column);
  const type = coordinates.find((coordinate) => coordinate.name === column)?.type;
  // Never learned: above every count of forgetting events.
  const value = column === "forgetting" ? `CASE WHEN learned THEN ${name} ELSE 2147483647 END` : name;
  const number = type === "BOOLEAN" ? `${value}::INTEGER` : value;
  const where = [`${number} IS NOT NULL`, ...(column === "forgetting" ? ["learned IS NOT NULL"] : [])];
  const ranked = `(SELECT "row", id, (${number})::DOUBLE AS value FROM map WHERE ${[...where, ...ranking.conditions].join(" AND ")})`;
  const direction = descending ? "DESC" : "ASC";
  const cut = await database.value(
    `SELECT ${descending ? "min" : "max"}(value) FROM (SELECT value FROM ${ranked} ORDER BY value ${direction} LIMIT ${limit})`,
  );
  if (typeof cut !== "number") return [];
  const candidates: { row: number; value: number; rank: number }[] = [];
  const comparison = descending ? ">=" : "<=";
  // As a text: DuckDB reads a bare number as a DECIMAL, whose cast can miss the double by one unit, and the example at the cut with it.
  for await (const [rows = [], ids = [], values = []] of database.chunks(
    `SELECT "row", id, value FROM ${ranked} WHERE value ${comparison} '${cut}'::DOUBLE`,
  )) {
    rows.forEach((row, i) => {
      candidates.push({ row: Number(row), value: Number(values[i]), rank: hashId(String(ids[i]), seed) });
    });
  }
  const sign = descending ? -1 : 1;
  candidates.sort((a, b) => sign * (a.value - b.value) || a.rank - b.rank || a.row - b.row);
  return candidates.slice(0, limit).map(({ row }) => row);
}
