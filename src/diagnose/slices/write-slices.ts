/** The slices that were found as a table. */

import { rm, writeFile } from "node:fs/promises";
import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { keepSources, replaceFile } from "../../map/replace-file.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { flatValue, writeTable } from "../../select/write-table.js";
import type { SlicesFound } from "./find-slices.js";

const columns = {
  kind: "VARCHAR",
  field: "VARCHAR",
  value: "VARCHAR",
  over: "BOOLEAN",
  inside: "INTEGER",
  outside: "INTEGER",
  share_inside: "DOUBLE",
  share_outside: "DOUBLE",
  share_expected: "DOUBLE",
  ratio: "DOUBLE",
  ratio_low: "DOUBLE",
  ratio_high: "DOUBLE",
  log_odds: "DOUBLE",
  log_odds_low: "DOUBLE",
  log_odds_high: "DOUBLE",
  p: "DOUBLE",
  q: "DOUBLE",
  said_by: "VARCHAR",
  examples: "VARCHAR[]",
} as const;

/**
 * Writes a line for each slice that was found, also those that another n-gram says, in the format that the path's extension names.
 *
 * @throws UserError where the extension is none, or the path is that of a file of the run
 */
export async function writeSlices({ folder, found }: SlicesFound, path: string): Promise<void> {
  const format = subsetFormat(path, false);
  await keepSources(path, await openRun(folder));
  const lines = found.map((slice) => {
    const {
      shareInside,
      shareOutside,
      shareExpected,
      ratioInterval,
      logOdds,
      logOddsInterval,
      saidBy,
      ...same
    } = slice;
    return JSON.stringify({
      ...same,
      ...{ share_inside: shareInside, share_outside: shareOutside, share_expected: shareExpected },
      ...{ ratio_low: ratioInterval.low, ratio_high: ratioInterval.high },
      ...{ log_odds: logOdds, log_odds_low: logOddsInterval.low, log_odds_high: logOddsInterval.high },
      said_by: saidBy,
    });
  });
  await replaceFile(path, async (scratch) => {
    const json = `${scratch}.jsonl`;
    try {
      await writeFile(json, lines.map((line) => `${line}\n`).join(""), { flag: "wx" });
      const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
      const values = Object.entries(columns).map(([name, type]) => {
        const value = flatValue(name, type, format.kind);
        return value === name ? name : `${value} AS ${name}`;
      });
      const sql = `SELECT ${values.join(", ")} FROM read_json(${fileLiteral(json)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
      await withDatabase({ threads: 1 }, (database) => writeTable(database, sql, scratch, format));
    } finally {
      await rm(json, { force: true });
    }
  });
}
