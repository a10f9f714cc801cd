/** A labelled file again, with some labels changed and some examples left out: what noise and cleaning write. */

import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBDataChunk, INTEGER, VARCHAR } from "@duckdb/node-api";
import { fileLiteral, identifier, withDatabase, type Database } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { sourceColumn } from "../dataset/source-column.js";
import { replaceFile } from "../map/replace-file.js";
import { sourceColumns } from "../map/source-columns.js";
import { subsetFormat } from "../select/subset-format.js";
import { flatValue, writeTable } from "../select/write-table.js";

export interface Changes {
  /** Of a row: the index of its new label (in multiple choice: of a choice). */
  readonly labels: ReadonlyMap<number, number>;
  /** Rows that are left out. Default: none. */
  readonly drop?: ReadonlySet<number> | undefined;
  /** One more column, of this name, with the dataset's groups. Default: none. */
  readonly groupColumn?: string | undefined;
}

/**
 * Writes the examples of a dataset with its own columns, in its order: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet` or `.arrow` by the path's
 * extension, gzip of each with `.gz` behind. A new label is written as the column writes labels (a choice as its text, its column's name or
 * its number, whichever stood there).
 *
 * @throws UserError where the path is that of a file that the dataset was read from, or labels lie in a nested field
 */
export async function writeChanged(dataset: Dataset, changes: Changes, path: string): Promise<void> {
  const format = subsetFormat(path, false);
  await keepInput(path, dataset);
  const column = dataset.roles.label ?? "label";
  const texts = await labelTexts(dataset, changes.labels, column);
  const folder = await mkdtemp(join(tmpdir(), "alidade-labels-"));
  try {
    const file = join(folder, "examples.parquet");
    await dataset.writeExamples(file);
    const examples = `read_parquet(${fileLiteral(file)})`;
    await replaceFile(path, (scratch) =>
      withDatabase({}, async (database) => {
        const columns = await sourceColumns(database, examples);
        if (texts.size > 0 && !columns.some(({ name }) => name === column)) {
          throw new UserError({
            subject: dataset.name,
            problem: "its labels lie in a nested field, which cannot be written",
            value: column,
            remedy: "make the label a column of its own first",
          });
        }
        const selected = columns.map(({ name, type }) => {
          const own = `x.source.${identifier(name)}`;
          const value =
            name === column ? `CASE WHEN c.label IS NULL THEN ${own} ELSE c.label::${type} END` : own;
          return `${flatValue(value, type, format.kind)} AS ${identifier(name)}`;
        });
        if (changes.groupColumn !== undefined) {
          checkNewColumn(dataset.name, changes.groupColumn, columns);
          selected.push(`x."group" AS ${identifier(changes.groupColumn)}`);
        }
        await appendChanges(database, texts, changes.drop ?? new Set());
        const sql =
          `SELECT ${selected.join(", ")} FROM ${examples} x LEFT JOIN changes c ON c."row" = x."row" ` +
          `WHERE c."row" IS NULL OR c.label IS NOT NULL ORDER BY x."row"`;
        await writeTable(database, sql, scratch, format);
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkNewColumn(subject: string, name: string, columns: readonly { readonly name: string }[]): void {
  if (!columns.some((column) => column.name.toLowerCase() === name.toLowerCase())) return;
  throw new UserError({
    subject,
    problem: "has a column of that name already",
    value: name,
    remedy: "give the column another name first",
  });
}

/** @throws UserError where the path is that of a file that the dataset was read from */
export async function keepInput(path: string, { sources }: Pick<Dataset, "sources">): Promise<void> {
  const target = await realpath(path).catch(() => null);
  for (const source of sources) {
    if (target === null || (await realpath(source.path).catch(() => null)) !== target) continue;
    throw new UserError({
      subject: path,
      problem: "is the file that is read, and would be replaced",
      remedy: "give another name",
    });
  }
}

/** What the label's column says for a new label. */
async function labelTexts(
  dataset: Dataset,
  labels: ReadonlyMap<number, number>,
  column: string,
): Promise<Map<number, string>> {
  const { input, labelNames, gold, roles } = dataset;
  if (input.kind !== "choices")
    return new Map([...labels].map(([row, label]) => [row, labelNames[label] ?? ""]));
  const written = await sourceColumn(dataset, column, "--label");
  const columns = (roles.choices?.length ?? 0) > 1 ? (roles.choices ?? []) : [];
  return new Map(
    [...labels].map(([row, label]) => {
      const [old, now] = [gold[row] ?? 0, (written[row] ?? "").trim()];
      const choices = input.choices[row] ?? [];
      if (now === choices[old]?.trim()) return [row, choices[label] ?? ""];
      if (columns[old] !== undefined && now === columns[old]) return [row, columns[label] ?? ""];
      return [row, String(Number(now) - old + label)];
    }),
  );
}

/** A row without a label is one that is left out. */
async function appendChanges(
  database: Database,
  texts: ReadonlyMap<number, string>,
  drop: ReadonlySet<number>,
): Promise<void> {
  await database.run(`CREATE TABLE changes ("row" INTEGER, label VARCHAR)`);
  const all: [number, string | null][] = [...texts].filter(([row]) => !drop.has(row));
  for (const row of drop) all.push([row, null]);
  const appender = await database.connection.createAppender("changes");
  const chunkRows = 2048;
  for (let first = 0; first < all.length; first += chunkRows) {
    const part = all.slice(first, first + chunkRows);
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR]);
    chunk.setColumns([part.map(([row]) => row), part.map(([, label]) => label)]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
