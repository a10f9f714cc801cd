/** What a person reads of an example: the contents of the columns that play a part as text, choice or feature. */

import { fileLiteral } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import type { Run } from "../run/reader.js";
import { layout } from "../run/layout.js";

/** A column of the source and what it holds, as text. */
export interface ShownField {
  readonly column: string;
  readonly text: string;
}

/** The shown fields of some rows. A run that has no examples of its own has none. */
export async function exampleTexts(
  database: Database,
  run: Run,
  rows: readonly number[],
): Promise<ReadonlyMap<number, readonly ShownField[]>> {
  const { input, roles } = run.manifest.dataset;
  const shown = [
    roles["text"],
    roles["textPair"],
    roles["choices"],
    input === "features" ? roles["features"] : [],
  ]
    .flat()
    .filter((column) => column !== undefined);
  if (shown.length === 0 || rows.length === 0) return new Map();
  const found = await database.json(
    `SELECT "row", source FROM read_parquet(${fileLiteral(layout.examples(run.folder))}) ` +
      `WHERE "row" IN (${rows.join(", ")})`,
  );
  return new Map(
    found.map(({ row, source }) => [
      Number(row),
      shown.flatMap((column) => {
        const value = fieldAt(source, column);
        if (value === undefined || value === null) return [];
        return [{ column, text: typeof value === "string" ? value : JSON.stringify(value) }];
      }),
    ]),
  );
}

/** A field by its name, or by a dotted path into nested fields. */
function fieldAt(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  if (Object.hasOwn(fields, path)) return fields[path];
  const dot = path.indexOf(".");
  return dot < 0 ? undefined : fieldAt(fields[path.slice(0, dot)], path.slice(dot + 1));
}
