/** A run's own examples as the dataset that they were written from. */

import { Database, fileLiteral } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { buildDataset } from "./build-dataset.js";
import type { Dataset, SourceFile } from "./dataset.js";
import { SourceTable } from "./source-table.js";

/** What a run's manifest says of its dataset. */
export interface StoredDataset {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly roles: Readonly<Record<string, string | readonly string[]>>;
  readonly sources: readonly SourceFile[];
}

/**
 * Reads `examples.parquet`: ids, labels and groups as stored, the input by its roles from the source's columns.
 *
 * @param options.voteLabels the labels that bare vote counts stand for, in their order
 * @throws UserError where the file is missing or damaged
 */
export async function readExamples(
  path: string,
  stored: StoredDataset,
  { voteLabels }: { readonly voteLabels?: readonly string[] | undefined } = {},
): Promise<Dataset> {
  const database = await Database.open();
  try {
    // The three stored columns get names that no source can have beside its own.
    await database.run(
      `CREATE TABLE source AS SELECT source.*, id AS "\x01id", label AS "\x01label", "group" AS "\x01group" ` +
        `FROM read_parquet(${fileLiteral(path)})`,
    );
    const table = await SourceTable.describe(stored.name, database, stored.sources, null);
    const own = table.columns.filter(({ name }) => !name.startsWith("\x01"));
    const source = SourceTable.withColumns(table, own);
    return await buildDataset(source, stored.roles, {
      ...(stored.roles["choices"] === undefined ? { labels: stored.labelNames } : {}),
      voteLabels,
      known: { id: '"\x01id"', label: '"\x01label"', group: '"\x01group"' },
    });
  } catch (cause) {
    database.close();
    if (cause instanceof UserError) throw cause;
    const message = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw new UserError({
      subject: path,
      problem: `cannot be read: ${message}`,
      remedy: "restore it, or make the run anew",
      cause,
    });
  }
}
