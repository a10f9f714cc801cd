/** Reads `map.parquet`: whole into typed arrays, or chunk by chunk in constant memory. */

import type { DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { Database, fileLiteral, identifier, literal, withDatabase } from "../core/duckdb.js";
import { UserError, nearest } from "../core/errors.js";
import { layout } from "../run/layout.js";
import { coordinates } from "./coordinates.js";
import { mapError, readingMaps } from "./damaged-map.js";
import { regionNames } from "./map.js";
import type { DataMap, Region } from "./map.js";
import { readDescription } from "./map-description.js";
import type { MapDescription } from "./map-description.js";

/** A map with what it was computed with. */
export interface StoredMap extends DataMap {
  readonly description: MapDescription;
}

/**
 * A run's whole map in memory.
 *
 * @throws UserError where the run has no map yet
 */
export async function readMap(folder: string): Promise<StoredMap> {
  const file = layout.map(folder);
  return await fromMap(folder, async (database, description) => {
    const { size } = description;
    const ids = new Array<string>(size);
    const labels = new Array<string | null>(size);
    const regions = new Uint8Array(size);
    const numeric = ["confidence", "variability", "correctness", "correct_epochs"];
    const arrays = numeric.map(() => new Float64Array(size));
    // A region as its index spares ten million strings; 255 where it is null.
    const region = regionNames.map((name, index) => `WHEN ${literal(name)} THEN ${index}`).join(" ");
    const doubles = numeric.map((name) => `${name}::DOUBLE`).join(", ");
    const result = await database.connection.stream(
      `SELECT ${doubles}, CASE region ${region} ELSE 255 END::UTINYINT, id, label FROM read_parquet(${fileLiteral(file)})`,
    );
    let start = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      arrays.forEach((array, column) => {
        copyDoubles(chunk, column, array, start);
      });
      const vector = bindings.data_chunk_get_vector(chunk.chunk, 4);
      regions.set(bindings.vector_get_data(vector, chunk.rowCount), start);
      const first = start;
      chunk.visitColumnValues(5, (id, row) => {
        ids[first + row] = String(id);
      });
      chunk.visitColumnValues(6, (label, row) => {
        labels[first + row] = label === null ? null : String(label);
      });
      start += chunk.rowCount;
    }
    const [confidence, variability, correctness, correctEpochs] = arrays;
    const none = new Float64Array(0);
    return {
      size,
      ids,
      labels,
      confidence: confidence ?? none,
      variability: variability ?? none,
      correctness: correctness ?? none,
      correctEpochs: correctEpochs ?? none,
      epochs: description.epochs,
      regions,
      description,
    };
  });
}

/** What the map of a run was computed with: epochs, region rule. @throws UserError where the run has no map yet */
export async function readMapDescription(folder: string): Promise<MapDescription> {
  return await withDatabase({ threads: 1 }, (database) => readDescription(database, layout.map(folder)));
}

/** One numeric coordinate of every example, NaN where null. @throws UserError where there is no such coordinate */
export async function readCoordinate(folder: string, name: string): Promise<Float64Array> {
  return await readNumbers(folder, identifier(checkCoordinate(name)));
}

/** Every example's region as its index in `regionNames`; NaN where it has none. */
export async function readRegions(folder: string): Promise<Float64Array> {
  const names = regionNames.map((name, index) => `WHEN ${literal(name)} THEN ${index}`).join(" ");
  return await readNumbers(folder, `CASE region ${names} END`);
}

/** @param sql over the map's columns */
async function readNumbers(folder: string, sql: string): Promise<Float64Array> {
  const file = layout.map(folder);
  return await fromMap(folder, async (database, { size }) => {
    const values = new Float64Array(size);
    const result = await database.connection.stream(
      `SELECT (${sql})::DOUBLE FROM read_parquet(${fileLiteral(file)})`,
    );
    let start = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return values;
      copyDoubles(chunk, 0, values, start);
      start += chunk.rowCount;
    }
  });
}

/** A line of the map. Coordinates are by their names; null where the run cannot serve them. */
export interface MapRow {
  readonly row: number;
  readonly id: string;
  readonly label: string | null;
  readonly region: Region | null;
  readonly coordinates: Readonly<Record<string, number | boolean | string | null>>;
}

/** The map line by line, up to 2,048 at a time, in the order of the rows. Constant memory. */
export async function* streamMap(folder: string): AsyncGenerator<readonly MapRow[], void, undefined> {
  const file = layout.map(folder);
  const database = await Database.open({});
  try {
    await readDescription(database, file);
    const names = coordinates.map(({ name }) => name);
    const columns = ["row", "id", "label", "region", ...names].map(identifier).join(", ");
    for await (const chunk of database.chunks(`SELECT ${columns} FROM read_parquet(${fileLiteral(file)})`)) {
      yield (chunk[0] ?? []).map((_, i) =>
        mapRow(
          chunk.map((column) => column[i] ?? null),
          names,
        ),
      );
    }
  } catch (error) {
    throw await mapError([folder], error);
  } finally {
    database.close();
  }
}

function mapRow(values: readonly DuckDBValue[], names: readonly string[]): MapRow {
  const [row, id, label, region, ...rest] = values;
  return {
    row: Number(row),
    id: String(id),
    label: label === null ? null : String(label),
    region: (region ?? null) as Region | null,
    coordinates: Object.fromEntries(
      names.map((name, i) => [name, (rest[i] ?? null) as number | boolean | string | null]),
    ),
  };
}

/** A numeric coordinate's name. @throws UserError where there is none of that name */
export function checkCoordinate(name: string): string {
  const names = coordinates.filter(({ type }) => type !== "VARCHAR").map((coordinate) => coordinate.name);
  if (names.includes(name)) return name;
  const near = nearest(name, names);
  throw new UserError({
    subject: "coordinate",
    problem: "there is none of that name",
    value: name,
    remedy: `${near ? `did you mean ${near}? ` : ""}There are ${names.join(", ")}`,
  });
}

/** A database that has the map as the view `map`, and its description. */
export async function withMap<T>(
  folder: string,
  use: (database: Database, description: MapDescription) => Promise<T>,
): Promise<T> {
  return await fromMap(folder, async (database, description) => {
    await database.run(`CREATE VIEW map AS SELECT * FROM read_parquet(${fileLiteral(layout.map(folder))})`);
    return await use(database, description);
  });
}

async function fromMap<T>(
  folder: string,
  read: (database: Database, description: MapDescription) => Promise<T>,
): Promise<T> {
  return await readingMaps([folder], () =>
    withDatabase({}, async (database) => read(database, await readDescription(database, layout.map(folder)))),
  );
}

function copyDoubles(chunk: DuckDBDataChunk, column: number, target: Float64Array, start: number): void {
  const rows = chunk.rowCount;
  const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
  const bytes = bindings.vector_get_data(vector, 8 * rows);
  target.set(new Float64Array(new Uint8Array(bytes).buffer), start);
  // No mask at all where no value of the chunk is null.
  const mask = bindings.vector_get_validity(vector, 8 * Math.ceil(rows / 64)) as Uint8Array | null;
  if (!mask) return;
  for (let row = 0; row < rows; row++) {
    if ((((mask[row >> 3] as number) >> (row & 7)) & 1) === 0) target[start + row] = NaN;
  }
}
