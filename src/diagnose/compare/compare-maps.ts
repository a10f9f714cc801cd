/**
 * Maps of one dataset side by side: do two models, seeds or trainers find the same examples hard? Column after column is read, gathered by the shared
 * ids, correlated and dropped, so that two maps of ten million examples need little more than a few columns of memory.
 */

import { UserError } from "../../core/errors.js";
import { coordinates } from "../../map/coordinates.js";
import { checkCoordinate, readCoordinate, readRegions } from "../../map/read-map.js";
import { openRun } from "../../run/reader.js";
import { chosenExamples, type ChosenExample } from "./chosen-examples.js";
import { comparedRuns, comparisonNotes, type ComparedRun } from "./compared-run.js";
import { correlate, rankColumn, type Correlation } from "./correlation.js";
import { gather, joinMaps, type JoinedMaps } from "./join-maps.js";
import { farthestMoves, shiftOf, type Move, type Places, type Shift } from "./movers.js";
import { compareRegions, type RegionAgreement } from "./region-agreement.js";
import {
  fractionNames,
  fractionRules,
  overlapOf,
  topFraction,
  type FractionOverlap,
  type TopFraction,
} from "./top-fraction.js";

export interface CompareOptions {
  /** Share of the shared examples that the easy, ambiguous and hard selections take, in (0, 1]. Default: 1/3. */
  readonly fraction?: number | undefined;
  /** How many of the farthest movers. Default: 10. */
  readonly limit?: number | undefined;
  /** Which coordinates are correlated. Default: all; of more than a million examples confidence, variability and correctness. */
  readonly coordinates?: readonly string[] | undefined;
}

/** All twenty coordinates of more examples take more than a person waits for. */
const mostForAll = 1_000_000;

export interface CoordinateAgreement extends Correlation {
  readonly name: string;
}

/** Two of the runs, as indices into `runs`. */
export interface PairComparison {
  readonly first: number;
  readonly second: number;
  /** Coordinates that both maps have. `correct_epochs` is left out: correctness says it as a share. */
  readonly coordinates: readonly CoordinateAgreement[];
  readonly regions: RegionAgreement;
  readonly selections: readonly FractionOverlap[];
  readonly shift: Shift;
}

export interface Mover {
  /** In the first run. */
  readonly id: string;
  /** The two runs that place it farthest apart, as indices into `runs`. */
  readonly from: number;
  readonly to: number;
  /** In the plane of variability and confidence. */
  readonly distance: number;
  /** Of the first run that has them. */
  readonly fields: ChosenExample["fields"];
  /** The example in each run. */
  readonly places: readonly Omit<ChosenExample, "id" | "fields">[];
}

export interface MapComparison {
  readonly runs: readonly ComparedRun[];
  /** Examples that are in all runs: what everything here is about. */
  readonly shared: number;
  readonly fraction: number;
  /** What a reader must know: examples left out, labels that differ, ... One sentence each. */
  readonly notes: readonly string[];
  /** Every two runs, in the order given. */
  readonly pairs: readonly PairComparison[];
  /** Farthest first. */
  readonly movers: readonly Mover[];
}

/**
 * Compares the maps of two or more runs of one dataset, joined by id. A run may be compared with itself.
 *
 * @throws UserError for fewer than two runs, a run without a map, runs that share no ids or no labels, and options out of range
 */
export async function compareMaps(
  folders: readonly string[],
  options: CompareOptions = {},
): Promise<MapComparison> {
  const { fraction = 1 / 3, limit = 10 } = options;
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UserError({
      subject: "--fraction",
      problem: "not a share of the examples",
      value: fraction,
      remedy: "give a number above 0, at most 1",
    });
  }
  if (!Number.isInteger(limit) || limit < 0)
    throw new UserError({ subject: "--limit", problem: "not a whole number from 0 up", value: limit });
  const runs = await Promise.all(folders.map(openRun));
  const joined = await joinMaps(folders);
  const described = comparedRuns(runs, joined);
  const indices = pairIndices(folders.length);
  const names = correlated(options.coordinates, joined.shared);
  const places = await readPlaces(joined);
  // DuckDB reads them while this thread ranks.
  const [regions, agreements] = await Promise.all([
    eachRun(joined, readRegions),
    coordinateAgreements(joined, indices, names, places),
  ]);
  const selections = await selectionOverlaps(joined, places, indices, fraction);
  const moves = farthestMoves(places, limit);
  const chosen: ChosenExample[][] = [];
  for (const [at, run] of runs.entries()) {
    const rows = moves.map((move) => joined.rows[at]?.[move.at] ?? move.at);
    chosen.push(await chosenExamples(run, joined.descriptions[at]!, rows));
  }
  const movers = moves.map((move, n) =>
    moverOf(
      move,
      chosen.map((own) => own[n]!),
    ),
  );
  const notes = await comparisonNotes(runs, described, joined);
  const other = moves.filter((_, n) => new Set(chosen.flatMap((own) => textOf(own[n]!))).size > 1).length;
  if (options.coordinates === undefined && joined.shared > mostForAll)
    notes.push("of so many examples three coordinates are correlated; --coordinates names others");
  if (other > 0)
    notes.push(
      `${other} of the ${moves.length} farthest movers have another text in another run: are these runs of one dataset?`,
    );
  return {
    runs: described,
    shared: joined.shared,
    fraction,
    notes,
    pairs: indices.map(([first, second], pair) => ({
      first,
      second,
      coordinates: agreements[pair]!,
      regions: compareRegions(regions[first]!, regions[second]!),
      selections: selections[pair]!,
      shift: shiftOf(places[first]!, places[second]!),
    })),
    movers,
  };
}

/** Confidence and variability of the shared examples in each run. */
export async function readPlaces(joined: JoinedMaps): Promise<Places[]> {
  const [confidence, variability] = await Promise.all([
    eachRun(joined, (folder) => readCoordinate(folder, "confidence")),
    eachRun(joined, (folder) => readCoordinate(folder, "variability")),
  ]);
  return confidence.map((own, at) => ({ confidence: own, variability: variability[at]! }));
}

/** A column of each run, for the shared examples. */
export async function eachRun(
  { folders, rows }: JoinedMaps,
  read: (folder: string) => Promise<Float64Array>,
): Promise<Float64Array[]> {
  return await Promise.all(folders.map(async (folder, at) => gather(await read(folder), rows[at] ?? null)));
}

type Indices = readonly (readonly [number, number])[];

function pairIndices(runs: number): Indices {
  return Array.from({ length: runs }, (_, first) =>
    Array.from({ length: runs - first - 1 }, (_, more) => [first, first + 1 + more] as const),
  ).flat();
}

/** @throws UserError for a name that is no numeric coordinate */
function correlated(given: CompareOptions["coordinates"], shared: number): readonly string[] {
  if (given !== undefined) return given.map(checkCoordinate);
  if (shared > mostForAll) return ["confidence", "variability", "correctness"];
  return coordinates.flatMap(({ name, type }) =>
    type === "VARCHAR" || name === "correct_epochs" ? [] : [name],
  );
}

/** By pair, of each coordinate that both have. */
async function coordinateAgreements(
  joined: JoinedMaps,
  pairs: Indices,
  names: readonly string[],
  places: readonly Places[],
): Promise<CoordinateAgreement[][]> {
  const found = pairs.map(() => [] as CoordinateAgreement[]);
  for (const name of names) {
    const read = places.map((own) => own[name as keyof Places] as Float64Array | undefined);
    const values = read.every((own) => own !== undefined)
      ? read
      : await eachRun(joined, (folder) => readCoordinate(folder, name));
    const columns = values.map(rankColumn);
    pairs.forEach(([first, second], pair) => {
      const agreement = correlate(columns[first]!, columns[second]!);
      if (agreement.size > 0) found[pair]!.push({ name, ...agreement });
    });
  }
  return found;
}

async function selectionOverlaps(
  { folders, rows, shared }: JoinedMaps,
  places: readonly Places[],
  pairs: Indices,
  fraction: number,
): Promise<FractionOverlap[][]> {
  const size = Math.floor(fraction * shared + 1e-9);
  const found = pairs.map(() => [] as FractionOverlap[]);
  for (const name of fractionNames) {
    const tops: TopFraction[] = [];
    for (const [at, folder] of folders.entries()) {
      const values = places[at]![fractionRules[name].coordinate];
      tops.push(await topFraction({ name, values, size, folder, rows: rows[at] ?? null }));
    }
    pairs.forEach(([first, second], pair) => found[pair]!.push(overlapOf(name, tops[first]!, tops[second]!)));
  }
  return found;
}

function moverOf({ from, to, distance }: Move, own: readonly ChosenExample[]): Mover {
  return {
    id: own[0]!.id,
    from,
    to,
    distance,
    fields: own.find(({ fields }) => fields.length > 0)?.fields ?? [],
    places: own.map(({ id: _, fields: __, ...place }) => place),
  };
}

function textOf({ fields }: ChosenExample): string[] {
  return fields.length === 0 ? [] : [JSON.stringify(fields.map(({ text }) => text))];
}
