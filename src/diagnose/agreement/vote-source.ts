/** Where a run's votes come from: columns of the file that it was made from, or a file of their own that is joined by id. */

import { existsSync } from "node:fs";
import { Database, fileLiteral } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { extract } from "../../dataset/extract.js";
import { loadSource } from "../../dataset/load-source.js";
import { shortList, SourceTable } from "../../dataset/source-table.js";
import { layout } from "../../run/layout.js";
import type { Run } from "../../run/reader.js";

export interface VoteSourceOptions {
  /** Columns of the run's source, or one file. Default: the columns that the run was made with. */
  readonly votes?: readonly string[] | undefined;
  /** Of a file: its id column. Default: the run's, or id, guid, uid. */
  readonly voteId?: string | undefined;
  /** Of a file: the columns that hold votes. Default: the only other one, or the one of a usual name. */
  readonly voteColumns?: readonly string[] | undefined;
  /** Who voted: a column that holds lists beside lists of votes, or one name beside one vote. */
  readonly annotators?: string | undefined;
}

/** Votes as they stand in the source, a line a row of it. */
export interface VoteLines {
  /** How messages call them. */
  readonly from: string;
  /** Vote columns, in order. */
  readonly columns: readonly string[];
  /** Row of the run that each line is of; -1 where the run lacks the example. */
  readonly rows: Int32Array;
  /** What each vote column holds, parsed from JSON. */
  readonly cells: readonly (readonly unknown[])[];
  /** What the column of annotators holds; null where none is named. */
  readonly annotators: readonly unknown[] | null;
}

const idNames = ["id", "guid", "uid", "pairID"];
const voteNames = ["votes", "annotator_labels", "annotations", "labels", "vote", "label"];

/** @param ids of the run, in the order of its rows */
export async function readVoteLines(
  run: Run,
  ids: readonly string[],
  options: VoteSourceOptions,
): Promise<VoteLines> {
  const source = await openRunSource(run);
  try {
    const own = run.manifest.dataset.roles["votes"];
    const asked = options.votes ?? (own === undefined ? undefined : [own].flat());
    if (asked === undefined) {
      throw new UserError({
        subject: run.folder,
        problem: "has no votes",
        remedy: `name their column with --votes, or a file: its columns are ${shortList(source.columns.map(({ name }) => name))}`,
      });
    }
    const [first = ""] = asked;
    if (asked.length === 1 && !source.has(first) && existsSync(first))
      return await linesOfFile(run, ids, first, options);
    const wrong = options.voteId !== undefined ? "--vote-id" : options.voteColumns && "--vote-columns";
    if (wrong !== undefined) {
      throw new UserError({
        subject: wrong,
        problem: "is about a file of votes, and --votes names columns",
        value: asked.join(","),
        remedy: `leave ${wrong} out, or give --votes a file`,
      });
    }
    const rows = Int32Array.from(ids.keys());
    return { from: asked.join(", "), ...(await cellsOf(source, asked, options.annotators, "--votes")), rows };
  } finally {
    source.close();
  }
}

/** The columns of the file that a run was made from, as the table `source`. */
export async function openRunSource({ folder, manifest }: Run): Promise<SourceTable> {
  const database = await Database.open();
  try {
    const path = layout.examples(folder);
    await database.run(`CREATE VIEW source AS SELECT source.* FROM read_parquet(${fileLiteral(path)})`);
    return await SourceTable.describe(manifest.dataset.name, database, manifest.dataset.sources, null);
  } catch (cause) {
    database.close();
    throw new UserError({
      subject: layout.examples(folder),
      problem: "cannot be read",
      remedy: "restore it, or make the run anew",
      cause,
    });
  }
}

async function cellsOf(
  source: SourceTable,
  columns: readonly string[],
  annotators: string | undefined,
  option: string,
): Promise<Pick<VoteLines, "columns" | "cells" | "annotators">> {
  const named = columns.map((column) => [column, option] as const);
  const all = annotators === undefined ? named : [...named, [annotators, "--annotators"] as const];
  const wanted = [];
  for (const [column, asks] of all)
    wanted.push({ sql: (await source.column(column, asks)).sql, as: "json" as const });
  const texts = await extract(source, wanted);
  const parsed = texts.map((column) =>
    column.map((cell) => (cell === null ? null : (JSON.parse(cell) as unknown))),
  );
  const who = annotators === undefined ? null : (parsed[columns.length] ?? []);
  const cells = Array.from({ length: source.size }, (_, line) =>
    columns.map((__, column) => parsed[column]?.[line] ?? null),
  );
  return { columns, cells, annotators: who };
}

async function linesOfFile(
  run: Run,
  ids: readonly string[],
  path: string,
  options: VoteSourceOptions,
): Promise<VoteLines> {
  const { table } = await loadSource([path], {});
  try {
    const names = table.columns.map(({ name }) => name);
    const ownId = run.manifest.dataset.roles["id"];
    const idColumn =
      options.voteId ?? [ownId, ...idNames].find((name) => typeof name === "string" && names.includes(name));
    if (typeof idColumn !== "string") {
      throw new UserError({
        subject: path,
        problem: "no column looks like the id",
        remedy: `name it with --vote-id; there are ${shortList(names)}`,
      });
    }
    const others = names.filter((name) => name !== idColumn && name !== options.annotators);
    const columns = options.voteColumns ?? usualColumns(others, path);
    const { sql } = await table.column(idColumn, "--vote-id");
    const [given = []] = await extract(table, [{ sql, as: "text" }]);
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    const rows = Int32Array.from(given, (id) => (id === null ? -1 : (rowOf.get(id) ?? -1)));
    if (rows.every((row) => row < 0)) {
      throw new UserError({
        subject: path,
        problem: `shares no id with the run, ${JSON.stringify(given[0])} against`,
        value: ids[0],
        remedy: "name the column of the same ids with --vote-id, and map the dataset with --id",
      });
    }
    return { from: path, ...(await cellsOf(table, columns, options.annotators, "--vote-columns")), rows };
  } finally {
    table.close();
  }
}

function usualColumns(others: readonly string[], path: string): readonly string[] {
  if (others.length === 1) return others;
  const usual = voteNames.find((name) => others.includes(name));
  if (usual !== undefined) return [usual];
  throw new UserError({
    subject: path,
    problem: "which columns hold votes is not said",
    remedy: `name them with --vote-columns; there are ${shortList(others)}`,
  });
}
