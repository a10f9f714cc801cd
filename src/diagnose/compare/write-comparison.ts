/** Every shared example with its place in each map, as a table. */

import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { readingMaps } from "../../map/damaged-map.js";
import { keepSources, replaceFile } from "../../map/replace-file.js";
import { layout } from "../../run/layout.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeTable } from "../../select/write-table.js";

/**
 * Writes run by run (`_1`, `_2`, ... in the order given) label, confidence, variability, correctness and region of each shared example, and `moved`: the
 * largest distance between two of its places; in the order of the first run's rows, in the format that the path's extension names.
 *
 * @throws UserError where the extension is none, or the path is that of a file of one of the runs
 */
export async function writeComparison(folders: readonly string[], path: string): Promise<void> {
  const format = subsetFormat(path, false);
  for (const folder of folders) await keepSources(path, await openRun(folder));
  const names = ["label", "confidence", "variability", "correctness", "region"];
  const columns = folders.flatMap((_, at) => names.map((name) => `m${at}.${name} AS ${name}_${at + 1}`));
  const distances = folders.flatMap((_, i) =>
    folders
      .slice(i + 1)
      .map(
        (__, more) =>
          `sqrt((m${i}.confidence - m${i + 1 + more}.confidence) ** 2 + (m${i}.variability - m${i + 1 + more}.variability) ** 2)`,
      ),
  );
  const tables = folders.map((folder, at) => {
    const table = `read_parquet(${fileLiteral(layout.map(folder))}) m${at}`;
    return at === 0 ? table : `JOIN ${table} ON m${at}.id = m0.id`;
  });
  const sql = `SELECT m0.id AS id, ${columns.join(", ")}, greatest(${distances.join(", ")}) AS moved FROM ${tables.join(" ")} ORDER BY m0."row"`;
  await replaceFile(path, (scratch) =>
    readingMaps(folders, () => withDatabase({}, (database) => writeTable(database, sql, scratch, format))),
  );
}
