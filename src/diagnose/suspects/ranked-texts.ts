/** What a person reads of some examples, one text each. */

import { withDatabase } from "../../core/duckdb.js";
import { exampleTexts } from "../../map/example-texts.js";
import { openRun } from "../../run/reader.js";

/** Texts by row; several fields joined by a bar. A run without contents has none. */
export async function rankedTexts(folder: string, rows: readonly number[]): Promise<Map<number, string>> {
  const run = await openRun(folder);
  return await withDatabase({}, async (database) => {
    const texts = await exampleTexts(database, run, rows);
    return new Map([...texts].map(([row, fields]) => [row, fields.map(({ text }) => text).join(" | ")]));
  });
}
