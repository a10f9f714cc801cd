/**
 * Which rows of several maps are the same example. Runs of one file have the same ids in the same order: then a positional scan shows it and nothing
 * is joined. Else DuckDB joins by id, and what is kept is a row number a run and shared example; coordinates are gathered by it.
 */

import { fileLiteral, withDatabase, type Database } from "../../core/duckdb.js";
import { InternalError, UserError } from "../../core/errors.js";
import { readingMaps } from "../../map/damaged-map.js";
import { readDescription, type MapDescription } from "../../map/map-description.js";
import { layout } from "../../run/layout.js";

export interface JoinedMaps {
  readonly folders: readonly string[];
  readonly descriptions: readonly MapDescription[];
  /** Examples that are in all of them. */
  readonly shared: number;
  /** Of each run the row of each shared example, in the order of the first run's rows; null: all its rows, in order. */
  readonly rows: readonly (Int32Array | null)[];
  /** Of each run: shared with the first one, and of another label there (both known). */
  readonly labelsDiffer: readonly number[];
  /** Of each run: shared with the first one, both labels known. */
  readonly labelsKnown: readonly number[];
}

/**
 * @throws UserError for fewer than two runs, one without a map, runs that share no ids, and runs of which no shared example has the same label
 */
export async function joinMaps(folders: readonly string[]): Promise<JoinedMaps> {
  if (folders.length < 2) {
    throw new UserError({
      subject: "compare",
      problem: "needs two runs or more",
      value: folders[0],
      remedy: "give the folders of two runs of one dataset: alidade compare runs/a runs/b",
    });
  }
  return await readingMaps(folders, () => withDatabase({}, (database) => join(database, folders)));
}

async function join(database: Database, folders: readonly string[]): Promise<JoinedMaps> {
  const descriptions: MapDescription[] = [];
  for (const folder of folders) descriptions.push(await readDescription(database, layout.map(folder)));
  const [first, ...others] = folders.map((folder) => `read_parquet(${fileLiteral(layout.map(folder))})`);
  const size = descriptions[0]!.size;
  const pairs: Pair[] = [];
  for (const [at, other] of others.entries()) {
    const pair = (await sameOrder(database, [first!, size], [other, descriptions[at + 1]!.size]))
      ? await positional(database, first!, other)
      : await byId(database, first!, other, size);
    check(pair, folders[0]!, folders[at + 1]!, size);
    pairs.push(pair);
  }
  const rows = commonRows(pairs, size);
  const shared = rows[0]?.length ?? size;
  if (shared === 0) {
    throw new UserError({
      subject: folders.join(", "),
      problem: "no id is in all of them",
      remedy: "compare runs of one dataset, or give fewer of them",
    });
  }
  return {
    folders,
    descriptions,
    shared,
    rows,
    labelsDiffer: [0, ...pairs.map(({ differ }) => differ)],
    labelsKnown: [size, ...pairs.map(({ known }) => known)],
  };
}

/** How another run's rows lie to the first one's. */
interface Pair {
  /** The other's row of each of the first one's rows, -1 where it lacks the example; null: the same. */
  readonly row: Int32Array | null;
  readonly shared: number;
  readonly known: number;
  readonly differ: number;
}

async function sameOrder(
  database: Database,
  [first, size]: readonly [string, number],
  [other, otherSize]: readonly [string, number],
): Promise<boolean> {
  if (size !== otherSize) return false;
  const apart = await database.rows(
    `SELECT 1 FROM (SELECT id FROM ${first}) a POSITIONAL JOIN (SELECT id FROM ${other}) b ` +
      `WHERE a.id IS DISTINCT FROM b.id LIMIT 1`,
  );
  return apart.length === 0;
}

async function positional(database: Database, first: string, other: string): Promise<Pair> {
  const [line] = await database.rows(
    `SELECT count(*) AS shared, count(*) FILTER (a.label IS NOT NULL AND b.label IS NOT NULL) AS known, ` +
      `count(*) FILTER (a.label <> b.label) AS differ ` +
      `FROM (SELECT label FROM ${first}) a POSITIONAL JOIN (SELECT label FROM ${other}) b`,
  );
  return {
    row: null,
    shared: Number(line?.["shared"]),
    known: Number(line?.["known"]),
    differ: Number(line?.["differ"]),
  };
}

async function byId(database: Database, first: string, other: string, size: number): Promise<Pair> {
  const row = new Int32Array(size).fill(-1);
  let [shared, known, differ] = [0, 0, 0];
  const sql =
    `SELECT a."row"::INTEGER, b."row"::INTEGER, ` +
    `CASE WHEN a.label IS NULL OR b.label IS NULL THEN 0 WHEN a.label = b.label THEN 1 ELSE 2 END ` +
    `FROM (SELECT "row", id, label FROM ${first}) a JOIN (SELECT "row", id, label FROM ${other}) b ON a.id = b.id`;
  for await (const [rows = [], theirs = [], labels = []] of database.chunks(sql)) {
    for (let i = 0; i < rows.length; i++) {
      row[Number(rows[i])] = Number(theirs[i]);
      if (labels[i] !== 0) known++;
      if (labels[i] === 2) differ++;
    }
    shared += rows.length;
  }
  return { row, shared, known, differ };
}

/** @throws UserError where these are no runs of one dataset */
function check({ shared, known, differ }: Pair, first: string, other: string, size: number): void {
  if (shared > size) throw new InternalError(`${other} has an id twice`);
  if (shared === 0) {
    throw new UserError({
      subject: `${first} and ${other}`,
      problem: "they share no ids",
      remedy: "compare runs of one dataset, both read with the same --id",
    });
  }
  if (known > 0 && differ === known) {
    throw new UserError({
      subject: `${first} and ${other}`,
      problem: `not one of their ${known.toLocaleString("en-US")} shared ids has the same label in both`,
      remedy:
        "they look like runs of different datasets whose ids are row numbers: compare runs of one dataset",
    });
  }
}

function commonRows(pairs: readonly Pair[], size: number): (Int32Array | null)[] {
  if (pairs.every(({ row }) => row === null)) return [null, ...pairs.map(() => null)];
  const own = new Int32Array(size);
  let shared = 0;
  for (let at = 0; at < size; at++) {
    if (pairs.every(({ row }) => row?.[at] !== -1)) own[shared++] = at;
  }
  const rows = own.slice(0, shared);
  return [rows, ...pairs.map(({ row }) => (row === null ? rows : rows.map((at) => row[at]!)))];
}

/** A column of a run for the shared examples. */
export function gather(values: Float64Array, rows: Int32Array | null): Float64Array {
  if (rows === null) return values;
  const gathered = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) gathered[i] = values[rows[i]!]!;
  return gathered;
}
